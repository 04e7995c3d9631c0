package io.sluice.log;

/** {@code message.timestamp.type}: whose clock stamps a record. */
public enum TimestampType {
    /** The producer's. */
    CREATE_TIME,
    /** The broker's, at append. */
    LOG_APPEND_TIME
}
