package io.sluice.cli;

import org.apache.kafka.common.record.internal.MemoryRecords;

/** What one broker has of one partition. */
interface ReplicaSource {
    /**
     * A piece of it.
     *
     * @param records whole batches, of which the first holds the offset asked for; none at the end of the log
     * @param highWatermark as this broker knows it
     */
    record Piece(MemoryRecords records, long highWatermark) {}

    Piece read(long offset) throws ReplicaUnreadableException;
}
