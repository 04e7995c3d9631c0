package io.sluice.zookeeper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ZooKeeper's parts put together to a server on loopback, from start to stop. Both block. After an error of its disk a
 * server serves no more; it is then stopped and another one started.
 */
final class StandaloneServer {
    private static final Logger LOG = LoggerFactory.getLogger(StandaloneServer.class);
    private static final int MAX_CONNECTIONS_PER_ADDRESS = 60;

    private final FileTxnSnapLog files;
    private final ZooKeeperServer server;
    private final NIOServerCnxnFactory connections;

    private StandaloneServer(FileTxnSnapLog files, ZooKeeperServer server, NIOServerCnxnFactory connections) {
        this.files = files;
        this.server = server;
        this.connections = connections;
    }

    /** @param port on loopback; 0 takes a free one */
    static StandaloneServer start(Path folder, int port, int tickMs) throws IOException, InterruptedException {
        FileTxnSnapLog files = new FileTxnSnapLog(folder.toFile(), folder.toFile());
        NIOServerCnxnFactory connections = quietConnections();
        try {
            ZooKeeperServer server = new QuietServer(files, tickMs);
            connections.configure(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MAX_CONNECTIONS_PER_ADDRESS);
            connections.startup(server);
            return new StandaloneServer(files, server, connections);
        } catch (IOException | InterruptedException | RuntimeException e) {
            connections.shutdown();
            files.close();
            throw e;
        }
    }

    int port() {
        return connections.getLocalPort();
    }

    boolean isServing() {
        return server.isRunning();
    }

    /** Stops serving and closes all files. Everything that was answered is on disk. */
    void stop() {
        connections.shutdown();
        server.shutdown(true);
        try {
            files.close();
        } catch (IOException e) {
            LOG.warn("embedded ZooKeeper did not close its files cleanly reason=\"{}\"", e.getMessage());
        }
    }

    /** Makes the server fail as it does when its disk does: it is there and serves no more. */
    void failAsWithoutDisk() {
        server.shutdown(false);
    }

    /** A server without management beans: registering them would load all of JMX. */
    private static final class QuietServer extends ZooKeeperServer {
        QuietServer(FileTxnSnapLog files, int tickMs) {
            super(null, files, tickMs, -1, -1, -1, null, "");
        }

        @Override
        protected void registerJMX() {}

        @Override
        protected void unregisterJMX() {}
    }

    /** Loading the class sets the JVM's handler of uncaught exceptions, which is not ZooKeeper's to set. */
    private static NIOServerCnxnFactory quietConnections() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            return new QuietConnections();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static final class QuietConnections extends NIOServerCnxnFactory {
        @Override
        public void registerConnection(ServerCnxn connection) {}

        @Override
        public void unregisterConnection(ServerCnxn connection) {}
    }
}
