package io.sluice.zookeeper;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ZooKeeper's parts put together to a server on its own, from start to stop. Both block. After an error of its disk a
 * server serves no more; it is then stopped and another one started.
 */
final class StandaloneServer implements EmbeddedServer {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneServer.class);

    private final WatchedFiles files;
    private final ZooKeeperServer server;
    private final NIOServerCnxnFactory connections;

    private StandaloneServer(WatchedFiles files, ZooKeeperServer server, NIOServerCnxnFactory connections) {
        this.files = files;
        this.server = server;
        this.connections = connections;
    }

    /** @param clients where it listens; port 0 takes a free one */
    static StandaloneServer start(Path folder, InetSocketAddress clients, int tickMs)
            throws IOException, InterruptedException {
        WatchedFiles files = new WatchedFiles(folder.toFile());
        NIOServerCnxnFactory connections = QuietConnections.create();
        try {
            ZooKeeperServer server = new QuietServer(files, tickMs);
            listen(connections, clients);
            connections.startup(server);
            return new StandaloneServer(files, server, connections);
        } catch (IOException | InterruptedException | RuntimeException e) {
            connections.shutdown();
            files.close();
            throw e;
        }
    }

    private static void listen(NIOServerCnxnFactory connections, InetSocketAddress clients) throws IOException {
        try {
            connections.configure(clients, QuietConnections.MAX_PER_ADDRESS);
        } catch (BindException e) {
            throw new BusyPortException(clients.getHostString(), clients.getPort(), "its clients", e);
        }
    }

    @Override
    public int port() {
        return connections.getLocalPort();
    }

    @Override
    public Health health() {
        return server.isRunning() ? Health.SERVES : Health.FAILED;
    }

    @Override
    public String reason() {
        return files.failure().map(IOException::getMessage).orElse("it stopped serving");
    }

    @Override
    public void stop() {
        connections.shutdown();
        server.shutdown(true);
        try {
            files.close();
        } catch (IOException e) {
            if (files.failure().isEmpty()) { // else it is known, and no news at every try
                LOG.warn("embedded ZooKeeper did not close its files cleanly reason=\"{}\"", e.getMessage());
            }
        }
    }

    /** Makes the server fail as it does when its disk does: it is there and serves no more. */
    void failAsWithoutDisk() {
        server.shutdown(false);
    }

    /**
     * A server without management beans, since registering them would load all of JMX; and one that throws when it can't
     * write a snapshot, where ZooKeeper's would end the JVM.
     */
    private static final class QuietServer extends ZooKeeperServer {
        QuietServer(WatchedFiles files, int tickMs) {
            super(null, files, tickMs, -1, -1, -1, null, "");
        }

        @Override
        public synchronized File takeSnapshot(boolean synced, boolean severe) throws IOException {
            try {
                return super.takeSnapshot(synced, false);
            } catch (IOException e) {
                if (isRunning()) { // else it can't be started, which is told with the reason
                    LOG.warn(
                            "embedded ZooKeeper can't write a snapshot and goes on with its log reason=\"{}\"",
                            e.getMessage());
                }
                throw e;
            }
        }

        @Override
        protected void registerJMX() {}

        @Override
        protected void unregisterJMX() {}
    }
}
