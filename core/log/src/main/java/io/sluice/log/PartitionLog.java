package io.sluice.log;

import io.sluice.base.Loop;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One partition's log. Its home loop is its only writer: methods say "home loop" where only that thread may call them.
 * Reading and the offsets are safe from any thread.
 */
public final class PartitionLog {
    private static UnsupportedOperationException soon() {
        return new UnsupportedOperationException("lands within the hour");
    }

    /** The loop that owns this log. */
    public Loop home() {
        throw soon();
    }

    public LogId id() {
        throw soon();
    }

    public LogConfig config() {
        throw soon();
    }

    /** Takes new settings from the next append on. Home loop. */
    public void reconfigure(LogConfig changed) {
        throw soon();
    }

    /** Offset of the first record that can be read. */
    public long startOffset() {
        throw soon();
    }

    /** Offset after the last record that is written. */
    public long endOffset() {
        throw soon();
    }

    /** Offset after the last record that is staged; never below {@link #endOffset}. Home loop. */
    public long stagedEndOffset() {
        throw soon();
    }

    /** Offset below which everything is known to be on disk. */
    public long flushedOffset() {
        throw soon();
    }

    /** Where the next batch will be written. */
    public LogPosition endPosition() {
        throw soon();
    }

    /** Why the log does not serve, empty while it does. */
    public Optional<LogFailure> failure() {
        throw soon();
    }

    /**
     * Gives a batch its offsets, after checking the producer's sequence. Stamps base offset and leader epoch into the
     * buffer. Home loop.
     *
     * @param batch one validated batch, from position to limit; it must stay untouched until {@link #write} has returned
     *     (position and limit of the buffer object itself may be changed)
     */
    public Staged stage(ByteBuffer batch, int leaderEpoch, long nowMs) {
        throw soon();
    }

    /** Writes everything staged to the page cache and makes it readable. Home loop. */
    public WriteOutcome write() {
        throw soon();
    }

    /**
     * Forces everything written to disk and calls back on the home loop. One fsync is in flight at a time; calls that
     * come meanwhile share the next one. Home loop.
     */
    public void flush(FlushCallback callback) {
        throw soon();
    }

    /**
     * Finds whole batches from the one that holds {@code offset} on. Any thread; touches at most a few pages of index
     * and log.
     *
     * @param limit where to stop: the high watermark's or the end's position
     * @param wholeFirstBatch whether to return the first batch even if it is larger than {@code maxBytes}
     * @return to be closed by the caller; empty when {@code offset} is at or beyond the limit (and not beyond the end)
     * @throws OffsetOutOfRangeException when offset is below the start or beyond the end
     */
    public LogSlice read(long offset, int maxBytes, LogPosition limit, boolean wholeFirstBatch)
            throws OffsetOutOfRangeException, LogException {
        throw soon();
    }

    /** The first record whose timestamp is at or after {@code timestampMs}. Blocks: for workers. */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws LogException {
        throw soon();
    }

    /** The first of the records with the largest timestamp. Blocks: for workers. */
    public Optional<TimestampedOffset> maxTimestampOffset() throws LogException {
        throw soon();
    }

    /** Moves the start to {@code offset}, which must not lie above the high watermark; never moves it back. Home loop. */
    public void deleteRecordsBefore(long offset) {
        throw soon();
    }

    /** Tells how far retention may go by itself: nothing at or above the high watermark is removed. Home loop. */
    public void highWatermark(long offset) {
        throw soon();
    }

    /** Removes the oldest segments that time or size has outlived, below the high watermark. Home loop. */
    public void applyRetention(long nowMs, long highWatermark) {
        throw soon();
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        throw soon();
    }

    /** Remembers that this broker leads in {@code epoch} from the end offset on, even if no record follows. Home loop. */
    public void beginEpoch(int epoch) {
        throw soon();
    }

    /** The newest leader epoch, -1 when there is none. */
    public int latestEpoch() {
        throw soon();
    }

    /** Where the largest epoch that is not above {@code epoch} ends. Any thread. */
    public EpochEnd endOfEpoch(int epoch) {
        throw soon();
    }

    /** Epochs and where they begin, in order. Any thread. */
    public List<EpochStart> leaderEpochs() {
        throw soon();
    }

    /** The idempotent producers known here. Home loop. */
    public List<ProducerSummary> producers() {
        throw soon();
    }
}
