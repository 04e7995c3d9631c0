package io.sluice.engine;

import io.sluice.log.TimestampedOffset;

/**
 * An offset that was asked for.
 *
 * @param timestampMs of the record there, -1 when the question was not about a record
 * @param leaderEpoch in which the record was written, or the offset was reached; -1 when unknown
 */
public record FoundOffset(long offset, long timestampMs, int leaderEpoch) {
    static FoundOffset of(TimestampedOffset record) {
        return new FoundOffset(record.offset(), record.timestampMs(), record.leaderEpoch());
    }
}
