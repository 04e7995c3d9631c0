package io.sluice.engine;

import io.sluice.cluster.BrokerIds;
import org.jspecify.annotations.Nullable;

/**
 * Which fetches of replicas the leader's state need be told of: those that say something new, and now and then one that
 * does not, which shows that the replica is alive. Spares the home loop a task for each partition of each fetch that
 * brings nothing. Made for one leader epoch and assignment; read and written by whatever threads serve the replicas. It only saves work:
 * two fetches of one replica that race may both be told of.
 */
final class ReplicaReads {
    /** So old may be what the leader knows of a replica that asks the same again and again. */
    private static final long SAME_AGAIN_MS = 250;

    private static final class Told {
        private final int brokerId;
        private volatile long brokerEpoch = -1;
        private volatile long offset = -1;
        private volatile long logStart = -1;
        private volatile long leaderEnd = -1;
        private volatile long atMs;

        Told(int brokerId) {
            this.brokerId = brokerId;
        }
    }

    private final Told[] replicas;

    ReplicaReads(BrokerIds replicas, int self) {
        this.replicas =
                replicas.stream().filter(id -> id != self).map(Told::new).toArray(Told[]::new);
    }

    /** Whether the broker holds a replica at all. */
    boolean isReplica(int brokerId) {
        return find(brokerId) != null;
    }

    /** Whether to tell the leader's state of a fetch; if so, it counts as told. */
    boolean isNews(int brokerId, long brokerEpoch, long offset, long logStart, long leaderEnd, long nowMs) {
        Told last = find(brokerId);
        if (last == null) {
            return false;
        }
        if (last.offset == offset
                && last.brokerEpoch == brokerEpoch
                && last.logStart == logStart
                && last.leaderEnd == leaderEnd
                && nowMs - last.atMs < SAME_AGAIN_MS) {
            return false;
        }
        last.offset = offset;
        last.logStart = logStart;
        last.brokerEpoch = brokerEpoch;
        last.leaderEnd = leaderEnd;
        last.atMs = nowMs;
        return true;
    }

    /** The end of the replica's log, as it last told; -1 when {@code offset} does not lie in it. */
    long readableEnd(int brokerId, long offset) {
        Told last = find(brokerId);
        return last != null && last.logStart <= offset && offset <= last.offset ? last.offset : -1;
    }

    private @Nullable Told find(int brokerId) {
        for (Told each : replicas) {
            if (each.brokerId == brokerId) {
                return each;
            }
        }
        return null;
    }
}
