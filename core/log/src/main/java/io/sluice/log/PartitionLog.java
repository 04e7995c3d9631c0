package io.sluice.log;

import io.sluice.base.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    private static final FlushCallback NOBODY = new FlushCallback() {
        @Override
        public void onFlushed(long offset) {
            // The flush point has moved; nobody waits for it.
        }

        @Override
        public void onFailure(LogFailure failure) {
            // The data folder has been taken out of service and that was logged.
        }
    };

    private final LogId id;
    private final LogPlace place;
    private final SegmentList segments;
    private final LogReader reader;
    private final LogFlush flush;
    private final LogProducers producers;
    private final LogTrim trim;
    private final StagedBatches staged = new StagedBatches();
    private volatile LogConfig config;
    private volatile LogPosition end;
    private volatile long startOffset;
    private volatile LeaderEpochs epochs;
    private volatile @Nullable LogFailure failure;
    private volatile long highWatermark;
    /** Home loop, like all that follows. */
    private long stagedEnd;

    private long stagedAtMs;

    private long dirtySinceNanos;
    private long snapshotBytes;
    private boolean snapshotDue;

    PartitionLog(LogId id, LogConfig config, LogPlace place, LoadedLog loaded) {
        this.id = id;
        this.config = config;
        this.place = place;
        this.segments = new SegmentList(loaded.segments());
        Segment active = segments.active();
        this.end = new LogPosition(loaded.endOffset(), active.base(), active.size());
        this.stagedEnd = loaded.endOffset();
        this.startOffset = loaded.startOffset();
        this.highWatermark = loaded.startOffset();
        this.epochs = loaded.epochs();
        this.failure = loaded.corrupt().orElse(null);
        this.reader = new LogReader(this, segments);
        this.producers = new LogProducers(
                id, place, segments, loaded.producerBase(), loaded.producers().orElse(null));
        this.flush = new LogFlush(this, place, loaded.flushed());
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
        return stagedEnd;
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
        int at = batch.position();
        int size = batch.remaining();
        Staged.Refused obstacle = obstacle(size);
        if (obstacle != null) {
            return obstacle;
        }
        boolean idempotent = BatchHeader.producerId(batch, at) >= 0;
        if (idempotent && !BatchHeader.control(batch, at)) {
            Staged answer = checkProducer(batch, at);
            if (answer != null) {
                return answer;
            }
        }
        long base = stagedEnd;
        long last = base + BatchHeader.lastOffsetDelta(batch, at);
        BatchHeader.baseOffset(batch, at, base);
        BatchHeader.leaderEpoch(batch, at, leaderEpoch);
        if (idempotent) {
            producers.states().apply(batch, at, nowMs);
        }
        if (leaderEpoch > epochs.latest()) {
            epochs = epochs.with(leaderEpoch, base);
        }
        if (staged.count() == 0) {
            stagedAtMs = nowMs;
        }
        staged.add(batch, at, size, idempotent);
        stagedEnd = last + 1;
        return new Staged.Ok(base, last, BatchHeader.appendTime(batch, at) ? BatchHeader.maxTimestamp(batch, at) : -1);
    }

    /** Why no batch of this size can be taken now. */
    private Staged.@Nullable Refused obstacle(int size) {
        if (failure != null || place.folder().failed()) {
            String message = failure().map(LogFailure::message).orElse("");
            return new Staged.Refused(Staged.Reason.UNAVAILABLE, message);
        }
        if (producers.rebuilding()) {
            String message = new LogFailure.Recovering(id).message();
            return new Staged.Refused(Staged.Reason.RECOVERING, message);
        }
        if (!place.folder().hasRoom(config.internal())) {
            String message = "the disk of partition " + id + " is nearly full";
            return new Staged.Refused(Staged.Reason.DISK_FULL, message);
        }
        if (size > config.roll().segmentBytes()) {
            String message = "a batch of " + size + " bytes is larger than segment.bytes="
                    + config.roll().segmentBytes() + " of " + id;
            return new Staged.Refused(Staged.Reason.TOO_LARGE, message);
        }
        return null;
    }

    private @Nullable Staged checkProducer(ByteBuffer batch, int at) {
        long producerId = BatchHeader.producerId(batch, at);
        short epoch = BatchHeader.producerEpoch(batch, at);
        int first = BatchHeader.baseSequence(batch, at);
        int last = ProducerState.sequenceAfter(first, BatchHeader.lastOffsetDelta(batch, at));
        ProducerState known = producers.states().find(producerId);
        int verdict = ProducerStates.check(known, epoch, first, last);
        if (verdict == ProducerStates.NEXT || known == null) {
            return null;
        }
        if (verdict == ProducerStates.FENCED) {
            String message = "producer " + producerId + " with epoch " + epoch + " is fenced by epoch " + known.epoch
                    + " in " + id;
            return new Staged.Refused(Staged.Reason.INVALID_PRODUCER_EPOCH, message);
        }
        if (verdict == ProducerStates.OUT_OF_ORDER) {
            String message = "producer " + producerId + " sent sequence " + first + " to " + id + " where "
                    + known.lastSequence() + " was its last";
            return new Staged.Refused(Staged.Reason.OUT_OF_ORDER_SEQUENCE, message);
        }
        return new Staged.Duplicate(
                known.baseOffsetOf(verdict),
                known.lastOffsetOf(verdict),
                BatchHeader.appendTime(batch, at) ? known.timestampOf(verdict) : -1);
    }

    /** Writes everything staged to the page cache and makes it readable. Home loop. */
    public WriteOutcome write() {
        int count = staged.count();
        if (count == 0) {
            return WriteOutcome.WRITTEN;
        }
        try {
            if (place.folder().failed() || failure != null) {
                return abandonStaged(failure().orElse(new LogFailure.Closed(id)));
            }
            int from = 0;
            while (from < count) {
                Segment active = roomFor(from);
                int to = writeSome(active, from);
                from = to;
            }
            staged.clear();
            snapshotIfDue();
            return WriteOutcome.WRITTEN;
        } catch (IOException e) {
            return abandonStaged(cutBack(e));
        }
    }

    /** The active segment if staged batch {@code i} may go there, else a new one. */
    private Segment roomFor(int i) throws IOException {
        Segment active = segments.active();
        if (active.size() == 0) {
            active.startedMs(stagedAtMs);
            return active;
        }
        boolean full = (long) active.size() + staged.size(i) > config.roll().segmentBytes()
                || BatchHeader.lastOffset(staged.buffer(i), staged.position(i)) - active.base() > Integer.MAX_VALUE;
        if (active.startedMs() == 0) {
            active.startedMs(stagedAtMs);
        }
        if (full || stagedAtMs - active.startedMs() >= config.roll().segmentMs()) {
            active = roll();
            active.startedMs(stagedAtMs);
        }
        return active;
    }

    /** Writes as many staged batches as the segment takes; returns the first that is left. */
    private int writeSome(Segment active, int from) throws IOException {
        active.ensureIndex();
        int start = active.size();
        int to = from;
        long size = start;
        do {
            size += staged.size(to++);
        } while (to < staged.count() && fits(active, size, to));
        DiskFile file = active.file().acquire();
        try {
            place.home().writer().write(file, staged, from, to, start);
        } finally {
            active.file().release();
        }
        int interval = config.roll().indexIntervalBytes();
        int position = start;
        for (int i = from; i < to; i++) {
            ByteBuffer buffer = staged.buffer(i);
            int at = staged.position(i);
            active.note(BatchHeader.baseOffset(buffer, at), position, BatchHeader.maxTimestamp(buffer, at), interval);
            position += staged.size(i);
        }
        active.grow(position);
        long next = BatchHeader.lastOffset(staged.buffer(to - 1), staged.position(to - 1)) + 1;
        end = new LogPosition(next, active.base(), position);
        markDirty(active, position - start);
        return to;
    }

    private boolean fits(Segment active, long size, int i) {
        return size + staged.size(i) <= config.roll().segmentBytes()
                && BatchHeader.lastOffset(staged.buffer(i), staged.position(i)) - active.base() <= Integer.MAX_VALUE;
    }

    /** Begins a new segment at the end offset; its file is made by the first write. Home loop. */
    Segment roll() throws IOException {
        Segment active = segments.active();
        active.writeIndexTail();
        Segment next = Segment.fresh(place.segments(), end.offset());
        segments.append(next);
        snapshotDue = true;
        return next;
    }

    private void markDirty(Segment active, int bytes) {
        if (!flush.isDirty()) {
            dirtySinceNanos = place.parts().clock().nanoTime();
            place.home().dirty().add(this);
        }
        flush.dirtied(active);
        snapshotBytes += bytes;
        long flushAfter = place.parts().background().flushAfterBytes();
        if (config.flush().beforeAck() || flush.inFlight()) {
            return;
        }
        FlushPoint flushed = flush.point();
        if (end.offset() - flushed.position().offset() >= config.flush().messages()
                || dirtyBytes(flushed) >= flushAfter) {
            flushInBackground();
        }
    }

    private long dirtyBytes(FlushPoint flushed) {
        // Across a roll this counts from the segment's start: never too much.
        return flushed.position().segmentBase() == end.segmentBase()
                ? end.bytes() - flushed.position().bytes()
                : end.bytes();
    }

    /** After a failed write: leaves the segment's file as it was before. */
    private LogFailure cutBack(IOException cause) {
        Segment active = segments.active();
        try {
            if (active.file().exists()) {
                DiskFile file = active.file().acquire();
                try {
                    file.truncate(active.size());
                } finally {
                    active.file().release();
                }
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
            return place.folder().fail("cutting back " + id + " after a failed write failed", cause);
        }
        if (IoErrors.diskFull(cause)) {
            LOG.warn("disk is full, a write was cut back: log={} end={}", id, end.offset());
            place.folder().full();
            return new LogFailure.DiskFull(place.folder().path());
        }
        return place.folder().fail("writing to " + id + " failed", cause);
    }

    private WriteOutcome abandonStaged(LogFailure why) {
        stagedEnd = end.offset();
        epochs = epochs.until(stagedEnd);
        if (staged.idempotent() && !place.folder().failed() && failure == null) {
            producers.rebuild(end, flush.point(), () -> LOG.info("producers restored: log={}", id));
        }
        staged.clear();
        return new WriteOutcome.Failed(why);
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
        snapshotDue |= snapshotBytes >= place.parts().background().flushAfterBytes();
        snapshotIfDue();
        if (!flush.inFlight()) {
            flush(NOBODY);
        }
    }

    /** Not while batches are staged: the producers' state is ahead of the log then. */
    private void snapshotIfDue() {
        if (snapshotDue && staged.count() == 0) {
            snapshotDue = false;
            snapshotBytes = 0;
            producers.snapshot(end.offset());
        }
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
        }
    }

    /** The first record whose timestamp is at or after {@code timestampMs}. Blocks: for workers. */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws LogException {
        refuseIfUnreadable();
        try {
            return new TimestampSearch(this, segments.all()).firstAtOrAfter(timestampMs);
        } catch (IOException e) {
            throw readFailed(e);
        }
    }

    /** The first of the records with the largest timestamp. Blocks: for workers. */
    public Optional<TimestampedOffset> maxTimestampOffset() throws LogException {
        refuseIfUnreadable();
        try {
            return new TimestampSearch(this, segments.all()).latest();
        } catch (IOException e) {
            throw readFailed(e);
        }
    }

    /** Moves the start to {@code offset}, which must not lie above the high watermark; never moves it back. Home loop. */
    public void deleteRecordsBefore(long offset) {
        if (failure == null) {
            trim.before(Math.min(offset, end.offset()));
        }
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
        if (failure == null && !place.folder().failed()) {
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
        epochs = epochs.with(epoch, stagedEnd);
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
        FlushPoint flushed = flush.point();
        return new LogSummary(id, String.valueOf(path().getFileName()), startOffset, flushed, epochs);
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

    boolean isClosed() {
        return failure instanceof LogFailure.Closed;
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
        failure = new LogFailure.Closed(id);
        place.home().dirty().remove(this);
        for (Segment segment : segments.all()) {
            segment.file().giveUp();
            segment.index().file().giveUp();
        }
    }

    /** Closes, and tells what is left to do for a clean shutdown. Home loop. */
    ClosedLog closeForShutdown() {
        boolean sound = failure == null && staged.count() == 0;
        List<Segment> dirty = flush.dirty();
        close();
        List<CleanManifest.SegmentSummary> kept = new ArrayList<>();
        for (Segment segment : segments.all()) {
            if (segment.file().exists()) {
                kept.add(new CleanManifest.SegmentSummary(segment.base(), segment.size(), segment.maxTimestamp()));
            }
        }
        LogSummary summary = summary();
        LogSummary flushed =
                new LogSummary(id, summary.folderName(), summary.startOffset(), written(), summary.epochs());
        Optional<ByteBuffer> packed = sound ? producers.pack(end.offset()).packed() : Optional.empty();
        return new ClosedLog(
                this, sound && !producers.rebuilding(), dirty, summary, new CleanManifest.Entry(flushed, kept, packed));
    }
}
