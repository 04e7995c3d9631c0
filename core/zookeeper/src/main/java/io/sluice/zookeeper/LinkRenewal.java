package io.sluice.zookeeper;

import java.util.concurrent.TimeUnit;

/**
 * When a member that waits for its ensemble's majority drops its connections to the others, to make new ones: every few
 * seconds for as long as it waits. A connection that a fault of the network has held up goes on only when TCP sends again,
 * which after the fault takes up to as long as the fault lasted, two minutes at most; ZooKeeper keeps it all that time,
 * for it saw no error. Not safe for use by several threads.
 */
final class LinkRenewal {
    /** Longer than an election takes. */
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(3);

    private boolean waiting;
    private long since;

    void serves() {
        waiting = false;
    }

    /** The server waits; returns whether its connections are to be dropped now. */
    boolean dueWhileWaiting(long nowNanos) {
        if (!waiting || nowNanos - since >= EVERY_NANOS) {
            boolean due = waiting;
            waiting = true;
            since = nowNanos;
            return due;
        }
        return false;
    }
}
