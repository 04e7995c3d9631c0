package io.sluice.kafka.handler;

import org.apache.kafka.common.message.FetchRequestData;

/**
 * Where a fetch reads a partition.
 *
 * @param maxBytes how much it takes
 * @param leaderEpoch that the client knows, -1 when none
 * @param lastEpoch of what it has read, for replicas; -1 when none
 * @param logStartOffset of a replica
 */
record FetchPosition(long offset, int maxBytes, int leaderEpoch, int lastEpoch, long logStartOffset) {
    static FetchPosition of(FetchRequestData.FetchPartition partition) {
        return new FetchPosition(
                partition.fetchOffset(),
                partition.partitionMaxBytes(),
                partition.currentLeaderEpoch(),
                partition.lastFetchedEpoch(),
                partition.logStartOffset());
    }
}
