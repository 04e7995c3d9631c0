package io.sluice.zookeeper;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.zookeeper.client.HostProvider;

/**
 * One server, to be tried once. A client whose server did not serve says nothing, sleeps for up to a second before its
 * next try, and takes as long to be closed; one that is refused a next try rests for a tenth and asks again until it is
 * closed. Used by the client's thread for the socket.
 */
final class OneTry implements HostProvider {
    private final InetSocketAddress server;
    private final Runnable failed;
    private boolean tried;

    /** @param failed called at least once when the server did not serve, on the client's thread */
    OneTry(InetSocketAddress server, Runnable failed) {
        this.server = server;
        this.failed = failed;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public InetSocketAddress next(long pauseMs) {
        if (tried) {
            failed.run();
            throw new IllegalStateException("this client is to try its server once");
        }
        tried = true;
        return new InetSocketAddress(server.getHostString(), server.getPort());
    }

    @Override
    public void onConnected() {}

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> changed, InetSocketAddress current) {
        return false;
    }

    @Override
    public String toString() {
        return EnsembleMember.address(server.getHostString(), server.getPort());
    }
}
