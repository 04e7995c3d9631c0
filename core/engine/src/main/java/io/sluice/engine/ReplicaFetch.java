package io.sluice.engine;

import java.util.List;
import java.util.UUID;

/**
 * What a follower asks of a leader.
 *
 * @param brokerId the follower
 * @param brokerEpoch its registration (KIP-903)
 * @param maxWaitMs how long the leader may wait for records
 * @param minBytes how much it waits for
 * @param maxBytes how much it answers with in all, but for a first batch that is larger
 * @param changed partitions that are new in the session or asked at another position than before
 * @param forgotten partitions that are no longer wanted; none of those that have changed
 */
public record ReplicaFetch(
        int brokerId,
        long brokerEpoch,
        int maxWaitMs,
        int minBytes,
        int maxBytes,
        List<Position> changed,
        List<Ref> forgotten) {

    /** Which partition. */
    public record Ref(UUID topicId, int partition) {}

    /**
     * Where the follower's log of a partition stands.
     *
     * @param leaderEpoch that it believes the leader to be in (R8)
     * @param offset the end of what it has, as safely as the topic asks: what the leader may count it for
     * @param lastEpoch the leader epoch of its last batch, -1 for an empty log (R6)
     * @param logStartOffset its first offset
     * @param maxBytes how much it takes of this partition
     */
    public record Position(
            Ref partition, int leaderEpoch, long offset, int lastEpoch, long logStartOffset, int maxBytes) {}
}
