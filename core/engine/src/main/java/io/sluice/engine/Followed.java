package io.sluice.engine;

import io.sluice.replication.FollowerState;

/**
 * One partition that a {@link ReplicaFetcher} feeds, from its becoming a follower's in one leader epoch to its end as one.
 * Owned by the fetcher's loop.
 */
final class Followed {
    enum Phase {
        READY,
        /** Its log is being cut, or flushed. */
        BUSY,
        /** An error is waited out. */
        RESTING,
        /** It is throttled, and more was copied than the rate allows. */
        HELD
    }

    final Partition partition;
    final FollowerState state;
    Phase phase = Phase.READY;
    /** Whether the leader's session has it. */
    boolean told;
    /** Where its log started when the leader was last told. */
    long toldStart = -1;
    /** Whether it was logged that its log does not take what comes. */
    boolean troubled;
    /** Whether it is copied no faster than the broker's rate. */
    boolean throttled;

    Followed(Partition partition, boolean told) {
        this.partition = partition;
        this.state = new FollowerState(partition.leadership().epoch());
        this.told = told;
    }
}
