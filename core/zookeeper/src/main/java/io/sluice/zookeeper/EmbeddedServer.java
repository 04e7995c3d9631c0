package io.sluice.zookeeper;

/**
 * A server of ZooKeeper's inside this JVM, from start to stop: alone, or one of an ensemble. Once it has failed it is
 * stopped, and another one is started in its place. Looked after by one thread at a time.
 */
interface EmbeddedServer {
    /** How it does. */
    enum Health {
        /** It answers clients. */
        SERVES,
        /** It is well and waits for others: an ensemble serves when most of its members are there. */
        WAITS,
        /** It will not serve again, as when its disk has failed it. */
        FAILED
    }

    /** Where clients connect. */
    int port();

    Health health();

    /** Why it does not serve, for people. */
    String reason();

    /** Stops serving and closes all files; everything that was answered is on disk. Blocks. */
    void stop();
}
