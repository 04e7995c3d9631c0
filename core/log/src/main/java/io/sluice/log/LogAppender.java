package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of a log: checks and places batches, writes them, rolls segments, and takes everything back when a
 * write fails. The hot path: per batch it allocates the answer and nothing else. Owned by the log's home loop.
 */
final class LogAppender {
    private static final Logger LOG = LoggerFactory.getLogger(LogAppender.class);

    private final PartitionLog log;
    private final LogId id;
    private final LogPlace place;
    private final SegmentList segments;
    private final LogProducers producers;
    private final StagedBatches staged = new StagedBatches();
    private long stagedEnd;
    /** When the first of the staged batches came, in wall-clock ms. */
    private long stagedAtMs;
    /** Bytes written since the producers were last snapshotted. */
    private long snapshotBytes;

    private boolean snapshotDue;
    /** Whether the file may hold bytes that are not published. */
    private boolean touched;

    LogAppender(PartitionLog log, LogPlace place, SegmentList segments, LogProducers producers) {
        this.log = log;
        this.id = log.id();
        this.place = place;
        this.segments = segments;
        this.producers = producers;
        this.stagedEnd = log.endOffset();
    }

    /** Offset after the last staged record. */
    long stagedEnd() {
        return stagedEnd;
    }

    /** Whether nothing is staged. */
    boolean isIdle() {
        return staged.count() == 0;
    }

    /** See {@link PartitionLog#stage}. */
    Staged stage(ByteBuffer batch, int leaderEpoch, long nowMs) {
        int at = batch.position();
        Staged.Refused obstacle = obstacle(batch.remaining());
        if (obstacle != null) {
            return obstacle;
        }
        if (BatchHeader.producerId(batch, at) >= 0 && !BatchHeader.control(batch, at)) {
            Staged answer = checkProducer(batch, at);
            if (answer != null) {
                return answer;
            }
        }
        BatchHeader.baseOffset(batch, at, stagedEnd);
        BatchHeader.leaderEpoch(batch, at, leaderEpoch);
        return place(batch, nowMs);
    }

    /** Takes a batch that has its offset and epoch as the next to be written. */
    private Staged place(ByteBuffer batch, long nowMs) {
        int at = batch.position();
        long base = stagedEnd;
        long last = BatchHeader.lastOffset(batch, at);
        int leaderEpoch = BatchHeader.leaderEpoch(batch, at);
        boolean idempotent = BatchHeader.producerId(batch, at) >= 0;
        if (idempotent) {
            producers.states().apply(batch, at, nowMs);
        }
        if (leaderEpoch > log.latestEpoch()) {
            log.epochs(log.epochs().with(leaderEpoch, base));
        }
        if (staged.count() == 0) {
            stagedAtMs = nowMs;
        }
        staged.add(batch, at, batch.remaining(), idempotent);
        stagedEnd = last + 1;
        return new Staged.Ok(base, last, BatchHeader.appendTime(batch, at) ? BatchHeader.maxTimestamp(batch, at) : -1);
    }

    /** See {@link PartitionLog#stageReplicated}. */
    Staged stageReplicated(ByteBuffer batch, long nowMs) {
        Staged.Refused obstacle = obstacle();
        if (obstacle == null) {
            obstacle = misfit(batch);
        }
        if (obstacle != null) {
            return obstacle;
        }
        return place(batch, nowMs);
    }

    /** Why a leader's batch cannot be the next one (R10). */
    private Staged.@Nullable Refused misfit(ByteBuffer batch) {
        int at = batch.position();
        Optional<String> damage = BatchValidator.damage(batch);
        if (damage.isPresent()) {
            return new Staged.Refused(
                    Staged.Reason.CORRUPT,
                    "the leader's batch at offset " + stagedEnd + " of " + id + " is damaged: " + damage.get());
        }
        long base = BatchHeader.baseOffset(batch, at);
        if (base != stagedEnd) {
            return new Staged.Refused(
                    Staged.Reason.NOT_CONTIGUOUS,
                    "the leader's batch begins at offset " + base + ", but " + id + " ends at " + stagedEnd);
        }
        int epoch = BatchHeader.leaderEpoch(batch, at);
        if (epoch < log.latestEpoch()) {
            return new Staged.Refused(
                    Staged.Reason.OLDER_EPOCH,
                    "the leader's batch at offset " + base + " of " + id + " is of leader epoch " + epoch + ", though "
                            + log.latestEpoch() + " has begun");
        }
        return null;
    }

    /** Why no batch of this size can be taken now. */
    private Staged.@Nullable Refused obstacle(int size) {
        Staged.Refused obstacle = obstacle();
        if (obstacle == null && size > log.config().roll().segmentBytes()) {
            String message = "a batch of " + size + " bytes is larger than segment.bytes="
                    + log.config().roll().segmentBytes() + " of " + id;
            return new Staged.Refused(Staged.Reason.TOO_LARGE, message);
        }
        return obstacle;
    }

    /** Why nothing can be taken now. */
    private Staged.@Nullable Refused obstacle() {
        if (log.outOfService()) {
            String message = log.failure().map(LogFailure::message).orElse("");
            return new Staged.Refused(Staged.Reason.UNAVAILABLE, message);
        }
        if (producers.rebuilding() || log.isBeingCut()) {
            String message = new LogFailure.Recovering(id).message();
            return new Staged.Refused(Staged.Reason.RECOVERING, message);
        }
        if (!place.folder().hasRoom(log.config().internal())) {
            String message = "the disk of partition " + id + " is nearly full";
            return new Staged.Refused(Staged.Reason.DISK_FULL, message);
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

    /** See {@link PartitionLog#write}. */
    WriteOutcome write() {
        int count = staged.count();
        if (count == 0) {
            return WriteOutcome.WRITTEN;
        }
        try {
            if (log.outOfService()) {
                return abandonStaged(log.failure().orElse(new LogFailure.Closed(id)));
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
        boolean full = (long) active.size() + staged.size(i)
                        > log.config().roll().segmentBytes()
                || BatchHeader.lastOffset(staged.buffer(i), staged.position(i)) - active.base() > Integer.MAX_VALUE;
        if (active.startedMs() == 0 || active.startedMs() > stagedAtMs) {
            // Not known, or the clock was put back: counting from now on, the segment still ends some day.
            active.startedMs(stagedAtMs);
        }
        if (full || stagedAtMs - active.startedMs() >= log.config().roll().agedOutMs(id, active.base())) {
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
        DiskFile file = active.file().acquireOrCreate();
        touched = true;
        try {
            place.home().writer().write(file, staged, from, to, start);
        } finally {
            active.file().release();
        }
        int interval = log.config().roll().indexIntervalBytes();
        int position = start;
        for (int i = from; i < to; i++) {
            ByteBuffer buffer = staged.buffer(i);
            int at = staged.position(i);
            active.note(BatchHeader.baseOffset(buffer, at), position, BatchHeader.maxTimestamp(buffer, at), interval);
            position += staged.size(i);
        }
        active.grow(position);
        touched = false;
        place.folder().wrote(position - start);
        long next = BatchHeader.lastOffset(staged.buffer(to - 1), staged.position(to - 1)) + 1;
        log.publishEnd(new LogPosition(next, active.base(), position));
        snapshotBytes += position - start;
        log.dirtied(active);
        return to;
    }

    private boolean fits(Segment active, long size, int i) {
        return size + staged.size(i) <= log.config().roll().segmentBytes()
                && BatchHeader.lastOffset(staged.buffer(i), staged.position(i)) - active.base() <= Integer.MAX_VALUE;
    }

    /** Begins a new segment at the end offset; its file is made by the first write. Home loop. */
    Segment roll() throws IOException {
        Segment active = segments.active();
        active.writeIndexTail();
        Segment next = Segment.fresh(place.segments(), log.endOffset());
        segments.append(next);
        snapshotDue = true;
        return next;
    }

    /** After a failed write: leaves the segment's file as it was before. */
    private LogFailure cutBack(IOException cause) {
        if (!touched && IoErrors.tooManyOpenFiles(cause)) {
            LOG.warn("too many open files, nothing was written: log={} end={}", id, log.endOffset());
            return new LogFailure.OutOfDescriptors(place.folder().path());
        }
        touched = false;
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
            LOG.warn("disk is full, a write was cut back: log={} end={}", id, log.endOffset());
            place.folder().full();
            return new LogFailure.DiskFull(place.folder().path());
        }
        return place.folder().fail("writing to " + id + " failed", cause);
    }

    private WriteOutcome abandonStaged(LogFailure why) {
        stagedEnd = log.endOffset();
        log.epochs(log.epochs().until(stagedEnd));
        if (staged.idempotent() && !log.outOfService()) {
            producers.rebuild(log.endPosition(), log.flushPoint(), this::noteRebuild);
        }
        staged.clear();
        return new WriteOutcome.Failed(why);
    }

    private void noteRebuild() {
        if (!log.outOfService()) {
            LOG.info("producers restored: log={} end={}", id, log.endOffset());
        }
    }

    /** Not while batches are staged: the producers' state is ahead of the log then. */
    void snapshotIfDue() {
        if (log.isBeingCut()) {
            return;
        }
        if ((snapshotDue || snapshotBytes >= place.parts().background().flushAfterBytes()) && isIdle()) {
            snapshotDue = false;
            snapshotBytes = 0;
            producers.snapshot(log.endOffset(), Math.min(log.flushedOffset(), log.highWatermark()));
        }
    }

    /** The end was moved back, with nothing staged. */
    void endMoved() {
        stagedEnd = log.endOffset();
        snapshotDue = true;
    }
}
