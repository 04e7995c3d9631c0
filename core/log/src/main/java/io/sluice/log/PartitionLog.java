package io.sluice.log;

import io.sluice.base.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's log. Its home loop is its only writer: methods say "home loop" where only that thread may call them.
 * Reading and the offsets are safe from any thread.
 *
 * <p>Life of a batch: {@link #stage} gives it offsets, {@link #write} puts everything staged into the page cache and
 * publishes the new end, {@link #flush} forces it to disk. Made and closed by {@link LogStore}.
 */
public final class PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLog.class);

    private final LogId id;
    private final LogPlace place;
    private final SegmentList segments;
    private final LogReader reader;
    private final LogFlush flush;
    private final LogProducers producers;
    private final LogTrim trim;
    private final LogAppender appender;
    private volatile LogConfig config;
    private volatile LogPosition end;
    private volatile long startOffset;
    private volatile LeaderEpochs epochs;
    private volatile @Nullable LogFailure failure;
    private volatile long highWatermark;
    private volatile boolean deleted;
    /** Home loop. */
    private long dirtySinceNanos;

    PartitionLog(LogId id, LogConfig config, LogPlace place, LoadedLog loaded) {
        this.id = id;
        this.config = config;
        this.place = place;
        this.segments = new SegmentList(loaded.segments());
        Segment active = segments.active();
        this.end = new LogPosition(loaded.endOffset(), active.base(), active.size());
        this.startOffset = loaded.startOffset();
        this.highWatermark = loaded.startOffset();
        this.epochs = loaded.epochs();
        this.failure = loaded.corrupt().orElse(null);
        this.reader = new LogReader(this, segments);
        this.producers = new LogProducers(
                this, place, segments, loaded.producerBase(), loaded.producers().orElse(null));
        this.flush = new LogFlush(this, place, loaded.flushed());
        this.appender = new LogAppender(this, place, segments, producers);
        this.trim = new LogTrim(this, place, segments, flush);
        loaded.unflushed().forEach(flush::dirtied);
    }

    /** The loop that owns this log. */
    public Loop home() {
        return place.home().loop();
    }

    public LogId id() {
        return id;
    }

    public LogConfig config() {
        return config;
    }

    /** Takes new settings from the next append on. Any thread. */
    public void reconfigure(LogConfig changed) {
        config = changed;
    }

    /** The folder with this log's files. */
    public Path path() {
        return place.segments().folder();
    }

    /** Offset of the first record that can be read. */
    public long startOffset() {
        return startOffset;
    }

    /** Offset after the last record that is written. */
    public long endOffset() {
        return end.offset();
    }

    /** Offset after the last record that is staged; never below {@link #endOffset}. Home loop. */
    public long stagedEndOffset() {
        return appender.stagedEnd();
    }

    /** Offset below which everything is known to be on disk. */
    public long flushedOffset() {
        return flush.point().position().offset();
    }

    /** Where the log ends: the limit for readers that may see everything written. */
    public LogPosition endPosition() {
        return end;
    }

    /** Where everything before is known to be on disk: the limit for readers that may see only what survives. */
    public LogPosition flushedPosition() {
        return flush.point().position();
    }

    /** Begins to look after a log that was found with bytes that may not be on disk. Home loop. */
    void adoptUnflushed() {
        dirtySinceNanos = place.parts().clock().nanoTime();
        place.home().dirty().add(this);
    }

    /** Why the log does not serve, empty while it does. */
    public Optional<LogFailure> failure() {
        LogFailure own = failure;
        if (own != null) {
            return Optional.of(own);
        }
        return place.folder()
                .failure()
                .map(cause -> new LogFailure.FolderFailed(place.folder().path(), cause));
    }

    /**
     * Gives a batch its offsets, after checking the producer's sequence. Stamps base offset and leader epoch into the
     * buffer. Home loop.
     *
     * @param batch one validated batch, from position to limit; its bytes must stay untouched until {@link #write} has
     *     returned (position and limit of the buffer object may be changed at once)
     * @param leaderEpoch not below {@link #latestEpoch}
     */
    public Staged stage(ByteBuffer batch, int leaderEpoch, long nowMs) {
        return appender.stage(batch, leaderEpoch, nowMs);
    }

    /** Writes everything staged to the page cache and makes it readable. Home loop. */
    public WriteOutcome write() {
        return appender.write();
    }

    /** Begins a new segment at the end offset. Home loop. */
    void roll() throws IOException {
        appender.roll();
    }

    /** Publishes what was written. Home loop. */
    void publishEnd(LogPosition position) {
        end = position;
    }

    LeaderEpochs epochs() {
        return epochs;
    }

    /** Home loop. */
    void epochs(LeaderEpochs changed) {
        epochs = changed;
    }

    /** Whether the log refuses whatever comes: it is closed or corrupt, or its data folder failed. */
    boolean outOfService() {
        return failure != null || place.folder().failed();
    }

    /** Notes bytes that are not on disk, and has them flushed when there are too many. Home loop. */
    void dirtied(Segment active) {
        if (!flush.isDirty()) {
            dirtySinceNanos = place.parts().clock().nanoTime();
            place.home().dirty().add(this);
        }
        flush.dirtied(active);
        if (config.flush().beforeAck() || flush.inFlight()) {
            return;
        }
        FlushPoint flushed = flush.point();
        if (end.offset() - flushed.position().offset() >= config.flush().messages()
                || dirtyBytes(flushed) >= place.parts().background().flushAfterBytes()) {
            flushInBackground();
        }
    }

    private long dirtyBytes(FlushPoint flushed) {
        // Across a roll this counts from the segment's start: never too much.
        return flushed.position().segmentBase() == end.segmentBase()
                ? end.bytes() - flushed.position().bytes()
                : end.bytes();
    }

    /**
     * Forces everything written to disk and calls back on the home loop. One fsync is in flight at a time; calls that
     * come meanwhile share the next one. Home loop.
     */
    public void flush(FlushCallback callback) {
        dirtySinceNanos = place.parts().clock().nanoTime();
        flush.request(callback);
    }

    /** A flush that nobody waits for, with a producer snapshot when much was written since the last. Home loop. */
    void flushInBackground() {
        appender.snapshotIfDue();
        dirtySinceNanos = place.parts().clock().nanoTime();
        flush.requestInBackground();
    }

    /** What a flush that starts now will cover. Home loop. */
    FlushPoint written() {
        Segment active = segments.active();
        if (active.base() != end.segmentBase()) {
            // Rolled, and nothing is written to the new segment: the point is the end of the one before.
            Segment[] all = segments.all();
            active = all[SegmentList.floor(all, end.segmentBase())];
        }
        return new FlushPoint(end, active.maxTimestamp(), active.startedMs(), producers.none());
    }

    FlushPoint flushPoint() {
        return flush.point();
    }

    /** Whether bytes wait for a flush, and since when. Home loop. */
    boolean isDirty() {
        return flush.isDirty();
    }

    long dirtySinceNanos() {
        return dirtySinceNanos;
    }

    /**
     * Finds whole batches from the one that holds {@code offset} on. Any thread; touches at most a few pages of index
     * and log.
     *
     * @param limit where to stop: the high watermark's or the end's position
     * @param wholeFirstBatch whether to return the first batch even if it is larger than {@code maxBytes}
     * @return to be closed by the caller; empty when {@code offset} is at or beyond the limit (and not beyond the end),
     *     or no batch fits
     * @throws OffsetOutOfRangeException when offset is below the start or beyond the end
     */
    public LogSlice read(long offset, int maxBytes, LogPosition limit, boolean wholeFirstBatch)
            throws OffsetOutOfRangeException, LogException {
        refuseIfUnreadable();
        try {
            return reader.read(offset, maxBytes, limit, wholeFirstBatch);
        } catch (IOException e) {
            throw readFailed(e);
        }
    }

    /**
     * Whether {@link #read} at this offset probably needs no disk, so that a loop may call it. If not, a worker should.
     * Any thread.
     */
    public boolean likelyCached(long offset) {
        return reader.likelyCached(offset);
    }

    /** A log in a failed folder can still be read; one that is corrupt or closed cannot. */
    private void refuseIfUnreadable() throws LogException {
        LogFailure now = failure;
        if (now != null) {
            throw new LogException(now);
        }
    }

    private LogException readFailed(IOException e) {
        if (e instanceof Segment.DamagedSegmentException damaged) {
            quarantine(damaged.failure());
            return new LogException(damaged.failure(), e);
        }
        if (e instanceof SegmentIndex.NotDroppedException) {
            return new LogException(place.folder().fail("cutting an index of " + id + " failed", e), e);
        }
        LogFailure now = failure;
        return new LogException(
                now != null ? now : new LogFailure.Unreadable(path(), String.valueOf(e.getMessage())), e);
    }

    /** Damage was found in what had been written (S2): from now on the log serves nothing. Any thread. */
    void quarantine(LogFailure.Corrupt corrupt) {
        if (!(failure instanceof LogFailure.Corrupt)) {
            failure = corrupt;
            LOG.error(
                    "log is corrupt and quarantined: log={} file={} position={} detail={}",
                    id,
                    corrupt.file(),
                    corrupt.position(),
                    corrupt.detail());
            place.parts().listener().onCorrupt(id, corrupt);
            try {
                place.parts().workers().execute(() -> QuarantineNote.leave(place, corrupt));
            } catch (RejectedExecutionException e) {
                LOG.error("no worker to note the quarantine, a restart will forget it: log={}", id, e);
            }
        }
    }

    /** The first record whose timestamp is at or after {@code timestampMs}. Blocks: for workers. */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws LogException {
        return search(search -> search.firstAtOrAfter(timestampMs));
    }

    /** The first of the records with the largest timestamp. Blocks: for workers. */
    public Optional<TimestampedOffset> maxTimestampOffset() throws LogException {
        return search(TimestampSearch::latest);
    }

    /** A way to look for a record by time. */
    @FunctionalInterface
    private interface ByTime {
        Optional<TimestampedOffset> find(TimestampSearch search) throws IOException;
    }

    private Optional<TimestampedOffset> search(ByTime question) throws LogException {
        for (; ; ) {
            refuseIfUnreadable();
            try {
                return question.find(new TimestampSearch(this, segments.all()));
            } catch (SegmentFile.FileGoneException e) {
                // Removed while we looked (S13): the list is shorter now. Unless the log is gone.
                if (failure != null) {
                    throw readFailed(e);
                }
            } catch (IOException e) {
                throw readFailed(e);
            }
        }
    }

    /**
     * Moves the start to {@code offset}, which must not lie above the high watermark; never moves it back. Home loop.
     *
     * @return done, on any thread, when no crash can bring the records back; fails with a {@link LogException} when that
     *     is not certain
     */
    public CompletionStage<Void> deleteRecordsBefore(long offset) {
        Optional<LogFailure> obstacle = failure();
        return obstacle.isPresent()
                ? CompletableFuture.failedFuture(new LogException(obstacle.get()))
                : trim.delete(Math.min(offset, end.offset()));
    }

    /** Tells how far retention may go by itself: nothing at or above the high watermark is removed. Home loop. */
    public void highWatermark(long offset) {
        highWatermark = offset;
    }

    long highWatermark() {
        return highWatermark;
    }

    /** Removes the oldest segments that time or size has outlived, below the high watermark. Home loop. */
    public void applyRetention(long nowMs, long highWatermark) {
        if (!outOfService()) {
            trim.retain(config.retention(), nowMs, Math.min(highWatermark, end.offset()));
        }
    }

    /** Publishes a new start. Home loop. */
    void moveStart(long offset) {
        startOffset = offset;
        epochs = epochs.from(offset);
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        return segments.bytes();
    }

    /** Remembers that this broker leads in {@code epoch} from the end offset on, even if no record follows. Home loop. */
    public void beginEpoch(int epoch) {
        epochs = epochs.with(epoch, appender.stagedEnd());
    }

    /** The newest leader epoch, -1 when there is none. */
    public int latestEpoch() {
        return epochs.latest();
    }

    /**
     * Where the largest epoch that is not above {@code epoch} ends (R7); for one before all that are known, where the
     * first of them begins. Any thread.
     */
    public EpochEnd endOfEpoch(int epoch) {
        return epochs.endOf(epoch, end.offset());
    }

    /** Epochs and where they begin, in order. Any thread. */
    public List<EpochStart> leaderEpochs() {
        return epochs.entries();
    }

    /** The idempotent producers known here. Home loop. */
    public List<ProducerSummary> producers() {
        return producers.states().summaries();
    }

    /** Forgets producers that have been silent for too long (T4). Home loop. */
    void expireProducers(long nowMs, long expirationMs) {
        if (!producers.none() && !producers.rebuilding()) {
            producers.states().expire(nowMs, expirationMs);
        }
    }

    /** What the data folder's checkpoint says of this log. Any thread. */
    LogSummary summary() {
        // The flush point first: epochs that are too new are cut when they are read.
        return summary(flush.point());
    }

    private LogSummary summary(FlushPoint flushed) {
        // Not beyond what is on disk (S12): a log that lost its tail would take its new records for deleted ones.
        long start = Math.min(startOffset, flushed.position().offset());
        return new LogSummary(id, String.valueOf(path().getFileName()), start, flushed, epochs);
    }

    DataFolder dataFolder() {
        return place.folder();
    }

    LogPlace place() {
        return place;
    }

    Segment[] segments() {
        return segments.all();
    }

    /** Whether an error only says that the log's files went with it when it was deleted. Any thread. */
    boolean wentWithTheLog(IOException e) {
        return deleted && (e instanceof NoSuchFileException || e instanceof SegmentFile.FileGoneException);
    }

    /** Refuses everything from now on. Home loop. */
    void close() {
        if (failure == null) {
            failure = new LogFailure.Closed(id);
        }
        place.home().dirty().remove(this);
    }

    /** Closes, and gives up the files: who reads them still has them until it is done. Home loop. */
    void closeForDeletion() {
        deleted = true;
        failure = new LogFailure.Closed(id);
        place.home().dirty().remove(this);
        for (Segment segment : segments.all()) {
            segment.file().giveUp();
            segment.index().file().giveUp();
        }
    }

    /** True of an empty one, too: its first write failed, but the manifest will name it (S6). */
    private static boolean nameIsUnsafe(Segment segment) {
        return !segment.nameSynced();
    }

    /** Closes, and tells what is left to do for a clean shutdown. Home loop. */
    ClosedLog closeForShutdown() {
        boolean sound = failure == null && appender.isIdle();
        List<Segment> unsafe = new ArrayList<>(flush.dirty());
        close();
        List<CleanManifest.SegmentSummary> kept = new ArrayList<>();
        for (Segment segment : segments.all()) {
            if (segment.file().exists()) {
                if (nameIsUnsafe(segment) && !unsafe.contains(segment)) {
                    unsafe.add(segment);
                }
                kept.add(new CleanManifest.SegmentSummary(segment.base(), segment.size(), segment.maxTimestamp()));
            }
        }
        Optional<ByteBuffer> packed = sound ? producers.pack(end.offset()).packed() : Optional.empty();
        return new ClosedLog(
                this,
                sound && !producers.rebuilding(),
                CompletableFuture.allOf(trim.close(), flush.close()),
                unsafe,
                summary(),
                new CleanManifest.Entry(summary(written()), kept, packed));
    }
}
