package io.sluice.engine;

import io.sluice.log.LogSlice;

/** What a read of a partition found. */
public sealed interface ReadOutcome {
    /**
     * Bytes from the log, possibly none yet.
     *
     * @param slice to be closed by whoever takes it; its first batch holds the offset asked for, its last may be cut
     * @param highWatermark the first offset that is not yet readable
     * @param logStartOffset the first offset that is still there
     */
    record Data(LogSlice slice, long highWatermark, long logStartOffset) implements ReadOutcome {}

    /** Nothing to read at this offset yet. */
    record Nothing(long highWatermark, long logStartOffset) implements ReadOutcome {}

    /** @param message names the partition and the reason */
    record Refused(ReadError error, String message, long highWatermark, long logStartOffset) implements ReadOutcome {}

    /**
     * The reader is a replica whose log has another history than this one.
     *
     * @param end the largest leader epoch of this log that is not above the reader's, and where it ends here (R7)
     */
    record Diverged(EpochEndOffset end, long highWatermark, long logStartOffset) implements ReadOutcome {}
}
