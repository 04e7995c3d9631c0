package io.sluice.zookeeper;

import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxn;

/** The connections of an embedded server's clients, without a management bean for each. */
final class QuietConnections extends NIOServerCnxnFactory {
    static final int MAX_PER_ADDRESS = 60;

    private QuietConnections() {}

    /** Loading ZooKeeper's class sets the JVM's handler of uncaught exceptions, which is not ZooKeeper's to set. */
    static NIOServerCnxnFactory create() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            return new QuietConnections();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Override
    public void registerConnection(ServerCnxn connection) {}

    @Override
    public void unregisterConnection(ServerCnxn connection) {}
}
