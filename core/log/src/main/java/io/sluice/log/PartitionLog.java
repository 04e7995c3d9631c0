package io.sluice.log;

import io.sluice.base.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One partition's log. Its home loop is its only writer: methods say "home loop" where only that thread may call them.
 * Reading and the offsets are safe from any thread.
 *
 * <p>Life of a batch: {@link #stage} gives it offsets, {@link #write} puts everything staged into the page cache and
 * publishes the new end, {@link #flush} forces it to disk. Made and closed by {@link LogStore}.
 */
public final class PartitionLog {
    private final LogId id;
    private final LogPlace place;
    private final SegmentList segments;
    private final LogReader reader;
    private final LogFlush flush;
    private final LogProducers producers;
    private final LogTrim trim;
    private final LogCut cut;
    private final LogHealth health;
    private final LogAppender appender;
    private volatile LogConfig config;
    private volatile LogPosition end;
    private volatile long startOffset;
    private volatile LogState state;
    private volatile long highWatermark;
    private volatile long checkpointedHighWatermark;
    private final boolean lostRecords;

    PartitionLog(LogId id, LogConfig config, LogPlace place, LoadedLog loaded) {
        this.id = id;
        this.config = config;
        this.place = place;
        this.segments = new SegmentList(loaded.segments());
        Segment active = segments.active();
        this.end = new LogPosition(loaded.endOffset(), active.base(), active.size());
        this.startOffset = loaded.startOffset();
        // S12: a lower bound, and never beyond the end.
        this.checkpointedHighWatermark = Math.min(loaded.highWatermark(), loaded.endOffset());
        // For retention, which must not begin before somebody has given the log its settings.
        this.highWatermark = loaded.startOffset();
        this.lostRecords = loaded.lostRecords();
        this.state = loaded.state();
        this.health = new LogHealth(id, place, loaded.corrupt());
        this.reader = new LogReader(this, segments);
        this.producers = new LogProducers(
                this, place, segments, loaded.producerBase(), loaded.producers().orElse(null));
        this.flush = new LogFlush(this, place);
        this.appender = new LogAppender(this, place, segments, producers);
        this.trim = new LogTrim(this, place, segments, flush);
        this.cut = new LogCut(this, place, segments, flush, producers, trim);
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
        return state.flushed().position().offset();
    }

    /** Where the log ends: the limit for readers that may see everything written. */
    public LogPosition endPosition() {
        return end;
    }

    /** Where everything before is known to be on disk: the limit for readers that may see only what survives. */
    public LogPosition flushedPosition() {
        return state.flushed().position();
    }

    /** Begins to look after a log that was found with bytes that may not be on disk. Home loop. */
    void adoptUnflushed() {
        flush.becameDirty();
    }

    /** Why the log does not serve, empty while it does. */
    public Optional<LogFailure> failure() {
        return health.failure();
    }

    /** Whether it was found to be damaged: it serves nothing. Any thread. */
    public boolean isDamaged() {
        return health.damaged();
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

    /**
     * Gives a batch its place as its leader wrote it: checks structure, checksum, offset and epoch (R10), and notes the
     * producer without judging its sequence, which the leader did (T1: the state is the same on every replica). Home
     * loop. The topic's limits on size are the leader's business; a batch larger than a segment gets one of its own.
     *
     * @param batch one batch from position to limit, as for {@link #stage}; nothing in it is changed
     */
    public Staged stageReplicated(ByteBuffer batch, long nowMs) {
        return appender.stageReplicated(batch, nowMs);
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
        return state.epochs();
    }

    /** Home loop. */
    void epochs(LeaderEpochs changed) {
        LogState now = state;
        if (changed != now.epochs()) {
            state = now.withEpochs(changed);
        }
    }

    /** Moves the flush point. Home loop. */
    void flushed(FlushPoint point) {
        state = state.withFlushed(point);
    }

    /** Whether the log refuses whatever comes: it is closed or corrupt, or its data folder failed. */
    boolean outOfService() {
        return health.outOfService();
    }

    /** Whether the end of the log is being cut off; nothing may be appended or deleted meanwhile. Home loop. */
    boolean isBeingCut() {
        return cut.isRunning();
    }

    /** Notes bytes that are not on disk, and has them flushed when there are too many. Home loop. */
    void dirtied(Segment active) {
        if (flush.wrote(active, end)) {
            flushInBackground();
        }
    }

    /**
     * Forces everything written to disk and calls back on the home loop. One fsync is in flight at a time; calls that
     * come meanwhile share the next one. Home loop.
     */
    public void flush(FlushCallback callback) {
        flush.request(callback);
    }

    /** A flush that nobody waits for, with a producer snapshot when much was written since the last. Home loop. */
    void flushInBackground() {
        appender.snapshotIfDue();
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
        return state.flushed();
    }

    /** Whether bytes wait for a flush, and since when. Home loop. */
    boolean isDirty() {
        return flush.isDirty();
    }

    long dirtySinceNanos() {
        return flush.dirtySinceNanos();
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
        health.refuseIfUnreadable();
        try {
            return reader.read(offset, maxBytes, limit, wholeFirstBatch);
        } catch (IOException e) {
            throw health.readFailed(e);
        }
    }

    /**
     * Whether {@link #read} at this offset probably needs no disk, so that a loop may call it. If not, a worker should.
     * Any thread.
     */
    public boolean likelyCached(long offset) {
        return reader.likelyCached(offset);
    }

    LogHealth health() {
        return health;
    }

    /** The first record whose timestamp is at or after {@code timestampMs}. Blocks: for workers. */
    public Optional<TimestampedOffset> offsetForTimestamp(long timestampMs) throws LogException {
        return search(reader -> reader.firstAtOrAfter(timestampMs));
    }

    /** The first of the records with the largest timestamp. Blocks: for workers. */
    public Optional<TimestampedOffset> maxTimestampOffset() throws LogException {
        return search(LogReader::latest);
    }

    private Optional<TimestampedOffset> search(LogReader.ByTime question) throws LogException {
        health.refuseIfUnreadable();
        try {
            return question.ask(reader);
        } catch (IOException e) {
            throw health.readFailed(e);
        }
    }

    /**
     * Moves the start to {@code offset}, which must not lie above the high watermark; never moves it back. Home loop.
     *
     * @return done, on any thread, when no crash can bring the records back; fails with a {@link LogException} when that
     *     is not certain
     */
    public CompletionStage<Void> deleteRecordsBefore(long offset) {
        Optional<LogFailure> obstacle = isBeingCut() ? Optional.of(new LogFailure.Recovering(id)) : failure();
        return obstacle.isPresent()
                ? CompletableFuture.failedFuture(new LogException(obstacle.get()))
                : trim.delete(Math.min(offset, end.offset()));
    }

    /**
     * Cuts the end off: the log ends at the last boundary between batches that is not above {@code offset}, and forgets
     * the leader epochs that begin at {@code offset} or later. Below the start the log begins anew there, as with {@link
     * #resetTo}. Home loop; nothing may be staged, and nothing is taken or deleted until it is done ({@link
     * Staged.Reason#RECOVERING}).
     *
     * <p>A power loss meanwhile leaves the old end, the new one or a boundary between; once it is done the old end never
     * comes back. The high watermark comes down with the end. A slice that somebody holds beyond the new end reads its
     * old records or ends early, never the records that come in their place: those go to another file.
     *
     * @return done, on the home loop, when the log takes batches again; fails with a {@link LogException}, on the home
     *     loop, too
     */
    public CompletionStage<Void> truncateTo(long offset) {
        return cut.truncateTo(offset);
    }

    /**
     * Drops all records and epochs and begins anew, empty, at {@code offset} (R11). For the rest as {@link #truncateTo}.
     */
    public CompletionStage<Void> resetTo(long offset) {
        return cut.resetTo(offset);
    }

    /** Publishes a new end below the old one, and what is known to be on disk then. Home loop. */
    void moveEndBack(LogPosition position, FlushPoint left) {
        end = position;
        startOffset = Math.min(startOffset, position.offset());
        highWatermark = Math.min(highWatermark, position.offset());
        checkpointedHighWatermark = Math.min(checkpointedHighWatermark, position.offset());
        state = state.cut(position.offset(), left);
        appender.endMoved();
    }

    /** Publishes that the log begins anew, empty, and what recovery may expect meanwhile. Home loop. */
    void beginAnew(long offset, FlushPoint left) {
        state = LogState.anew(left);
        end = new LogPosition(offset, offset, 0);
        startOffset = offset;
        highWatermark = offset;
        checkpointedHighWatermark = offset;
        appender.endMoved();
    }

    /** Tells how far retention may go by itself: nothing at or above the high watermark is removed. Home loop. */
    public void highWatermark(long offset) {
        highWatermark = offset;
    }

    long highWatermark() {
        return highWatermark;
    }

    /** The high watermark as it was last checkpointed before the log was loaded, not beyond the end: a lower bound (S12). */
    public long checkpointedHighWatermark() {
        return checkpointedHighWatermark;
    }

    /**
     * Whether recovery found less than had been replicated (R15): the log ended below the checkpointed high watermark, or
     * began later than it was known to begin.
     */
    public boolean lostRecords() {
        return lostRecords;
    }

    /** Removes the oldest segments that time or size has outlived, below the high watermark; how many. Home loop. */
    public int applyRetention(long nowMs, long highWatermark) {
        return outOfService() || isBeingCut()
                ? 0
                : trim.retain(config.retention(), nowMs, Math.min(highWatermark, end.offset()));
    }

    /** Publishes a new start. Home loop. */
    void moveStart(long offset) {
        startOffset = offset;
        epochs(epochs().from(offset));
    }

    /** Bytes of all segments. */
    public long sizeBytes() {
        return segments.bytes();
    }

    /** Remembers that this broker leads in {@code epoch} from the end offset on, even if no record follows. Home loop. */
    public void beginEpoch(int epoch) {
        epochs(epochs().with(epoch, appender.stagedEnd()));
    }

    /** The newest leader epoch, -1 when there is none. */
    public int latestEpoch() {
        return epochs().latest();
    }

    /**
     * Where the largest epoch that is not above {@code epoch} ends (R7); for one before all that are known, where the
     * first of them begins. Any thread.
     */
    public EpochEnd endOfEpoch(int epoch) {
        return epochs().endOf(epoch, end.offset());
    }

    /** Epochs and where they begin, in order. Any thread. */
    public List<EpochStart> leaderEpochs() {
        return epochs().entries();
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
        LogState now = state;
        return summary(now.flushed(), now);
    }

    private LogSummary summary(FlushPoint flushed, LogState now) {
        // Not beyond what is on disk (S12): a log that lost its tail would take its new records for deleted ones.
        long start = Math.min(startOffset, flushed.position().offset());
        String folderName = String.valueOf(path().getFileName());
        long replicated = Math.max(highWatermark, checkpointedHighWatermark);
        return new LogSummary(id, folderName, start, flushed, now.epochs(), replicated, now.cutTo());
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
        return health.wentWithTheLog(e);
    }

    /** Refuses everything from now on. Home loop. */
    void close() {
        health.close();
        place.home().dirty().remove(this);
    }

    /** Closes and gives up the files, which who reads them still has; false if closed for a shutdown. Home loop. */
    boolean closeForDeletion() {
        if (!health.closeForDeletion()) {
            return false;
        }
        place.home().dirty().remove(this);
        for (Segment segment : segments.all()) {
            segment.file().giveUp();
            segment.index().file().giveUp();
        }
        return true;
    }

    /** Closes, and tells what is left to do for a clean shutdown. Home loop. */
    ClosedLog closeForShutdown() {
        boolean sound = !health.failed() && appender.isIdle() && !isBeingCut();
        List<Segment> unsafe = new ArrayList<>(flush.dirty());
        close();
        List<CleanManifest.SegmentSummary> kept = new ArrayList<>();
        for (Segment segment : segments.all()) {
            if (segment.file().exists()) {
                if (segment.mayVanish() && !unsafe.contains(segment)) {
                    unsafe.add(segment);
                }
                kept.add(new CleanManifest.SegmentSummary(segment.base(), segment.size(), segment.maxTimestamp()));
            }
        }
        Optional<ByteBuffer> packed = sound ? producers.pack(end.offset()).packed() : Optional.empty();
        return new ClosedLog(
                this,
                sound && !producers.rebuilding(),
                CompletableFuture.allOf(trim.close(), flush.close(), cut.settled()),
                unsafe,
                summary(),
                new CleanManifest.Entry(summary(written(), state), kept, packed));
    }
}
