package io.sluice.engine;

/** Why a partition could not be read. */
public enum ReadError {
    /** The offset lies below the log's start or beyond its end. */
    OFFSET_OUT_OF_RANGE,
    /** The reader knows an older leader than this one. */
    FENCED_LEADER_EPOCH,
    /** The reader knows a newer leader than this broker does. */
    UNKNOWN_LEADER_EPOCH,
    NOT_LEADER,
    /** A new leader does not know yet what is committed (KIP-207); it will within moments. */
    OFFSET_NOT_AVAILABLE,
    /** Other replicas have not followed in time. */
    TIMED_OUT,
    /** The data folder is out of service or the log is damaged at this place. */
    STORAGE_FAILED
}
