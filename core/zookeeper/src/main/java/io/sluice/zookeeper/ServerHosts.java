package io.sluice.zookeeper;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import org.apache.zookeeper.client.HostProvider;

/**
 * The servers that a client tries, in the order given, so that a broker stays with the server in its own JVM while that
 * serves. Used by the client's thread for the socket.
 *
 * <p>ZooKeeper's own provider makes a client that has lost its server wait: up to a second at random before each try, so
 * that ten thousand clients do not all come at once, and a second after each round. An ensemble of brokers elects a new
 * leader in less, and has few clients. So the first rounds follow one another at once, and each later one waits a little
 * longer, up to a second; the client itself rests for a tenth of a second after each try that failed.
 */
final class ServerHosts implements HostProvider {
    private static final long PAUSE_STEP_MS = 10;
    private static final long PAUSE_MAX_MS = 1_000;
    /** How long a server may take to accept a session before the next one is tried. */
    private static final int ANSWER_WITHIN_MS = 2_000;

    private final List<InetSocketAddress> servers;
    private final int triesPerSession;
    private int next;
    private int rounds;
    private boolean wasConnected;

    /** @param sessionTimeoutMs that of the sessions which are opened with this */
    ServerHosts(Collection<InetSocketAddress> servers, int sessionTimeoutMs) {
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("no ZooKeeper server is given");
        }
        this.servers = List.copyOf(servers);
        this.triesPerSession = Math.max(servers.size(), sessionTimeoutMs / ANSWER_WITHIN_MS);
    }

    /** By what the client divides the session's time-out to get that of a try: a dead machine may hide the others. */
    @Override
    public int size() {
        return triesPerSession;
    }

    /** @param pauseMs not used but for being 0 when the client does not sleep afterwards */
    @Override
    public InetSocketAddress next(long pauseMs) {
        if (next == servers.size()) {
            next = 0;
            rounds++;
            pause(Math.min(PAUSE_MAX_MS, PAUSE_STEP_MS * (rounds - 1)));
        }
        InetSocketAddress server = servers.get(next);
        next++;
        // A name is looked up at each try, for its address may have changed.
        InetSocketAddress resolved = new InetSocketAddress(server.getHostString(), server.getPort());
        if (wasConnected && pauseMs > 0) {
            // The client sleeps next, for up to a second, unless it is interrupted. It takes that as the end of its
            // sleep and of nothing else. Before its first connection it does not sleep, and must not be interrupted.
            Thread.currentThread().interrupt();
        }
        return resolved;
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms); // on a thread of ZooKeeper's, which has nothing else to do
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onConnected() {
        wasConnected = true;
        next = 0;
        rounds = 0;
    }

    /** Says that no client needs to move: the servers of a client stay the same as long as it lives. */
    @Override
    public boolean updateServerList(Collection<InetSocketAddress> changed, InetSocketAddress current) {
        return false;
    }
}
