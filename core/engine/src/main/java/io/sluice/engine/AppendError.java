package io.sluice.engine;

/** Why an append failed. Definite unless {@link #isIndeterminate} (rule T17). */
public enum AppendError {
    /** The bytes fail their checksum. */
    CORRUPT_BATCH,
    /** The batch contradicts itself or the topic's rules. */
    INVALID_BATCH,
    BATCH_TOO_LARGE,
    INVALID_TIMESTAMP,
    UNSUPPORTED_COMPRESSION,
    /** The producer skipped a sequence number. */
    OUT_OF_ORDER_SEQUENCE,
    /** A duplicate of a batch that is no longer remembered. */
    DUPLICATE_SEQUENCE,
    /** A newer instance of the producer has written. */
    FENCED_PRODUCER,
    /** This broker does not lead the partition, or does not know it yet. */
    NOT_LEADER,
    /** Fewer replicas in sync than min.insync.replicas. */
    NOT_ENOUGH_REPLICAS,
    /** There are fewer since the batch was taken: it may or may not be read later (R1). */
    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    /** The data folder is low on space; reads and deletes go on, and the refusal lifts by itself. */
    DISK_FULL,
    /** The data folder is out of service. */
    STORAGE_FAILED,
    /** The storage failed after the batch had been taken: it may or may not be read later. */
    STORAGE_FAILED_AFTER_APPEND,
    /** The partition was closed or lost its leadership before the append was acknowledged. */
    LOST_LEADERSHIP_AFTER_APPEND,
    /** The replicas in sync did not have it in the time that was given: it may or may not be read later. */
    TIMED_OUT;

    /** Whether the records may show up later although the append was not acknowledged. */
    public boolean isIndeterminate() {
        return switch (this) {
            case STORAGE_FAILED_AFTER_APPEND,
                    LOST_LEADERSHIP_AFTER_APPEND,
                    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    TIMED_OUT -> true;
            default -> false;
        };
    }
}
