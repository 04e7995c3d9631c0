package io.sluice.log;

/** What {@link PartitionLog#stage} or {@link PartitionLog#stageReplicated} made of a batch. */
public sealed interface Staged {
    /**
     * The batch has its place; the next {@link PartitionLog#write} writes it.
     *
     * @param baseOffset offset of its first record
     * @param lastOffset offset of its last record
     * @param appendTimeMs the broker's timestamp where the topic asks for it, else -1
     */
    record Ok(long baseOffset, long lastOffset, long appendTimeMs) implements Staged {}

    /**
     * An idempotent producer sent the batch before; nothing is written. The batch may still be waiting for its write
     * or for the high watermark, so acknowledge it as one that ends at {@code lastOffset}.
     */
    record Duplicate(long baseOffset, long lastOffset, long appendTimeMs) implements Staged {}

    /** @param message what is wrong, for the client */
    record Refused(Reason reason, String message) implements Staged {}

    /** Why the log takes no batch, or not this one. */
    enum Reason {
        /** The producer's sequence number does not follow the last one. */
        OUT_OF_ORDER_SEQUENCE,
        /** A newer incarnation of the producer has written here. */
        INVALID_PRODUCER_EPOCH,
        /** The batch does not fit into a segment. */
        TOO_LARGE,
        /** The disk is nearly full, or full. Passes by itself when space returns. */
        DISK_FULL,
        /** Busy restoring its state after a failed write, or cutting its end off. Passes by itself within moments. */
        RECOVERING,
        /** A leader's batch is damaged (R10). */
        CORRUPT,
        /** A leader's batch does not begin where the log ends (R10). */
        NOT_CONTIGUOUS,
        /** A leader's batch is of an older leader epoch than the log has seen (R10). */
        OLDER_EPOCH,
        /** The data folder failed, the log is corrupt, or it is closed: see {@link PartitionLog#failure}. */
        UNAVAILABLE
    }
}
