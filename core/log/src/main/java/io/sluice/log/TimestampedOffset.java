package io.sluice.log;

/**
 * A record found by its time.
 *
 * @param offset the record's
 * @param timestampMs the record's
 * @param leaderEpoch of the batch that holds it
 */
public record TimestampedOffset(long offset, long timestampMs, int leaderEpoch) {}
