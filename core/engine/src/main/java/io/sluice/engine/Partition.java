package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.log.BatchValidator;
import io.sluice.log.FlushCallback;
import io.sluice.log.LogException;
import io.sluice.log.LogFailure;
import io.sluice.log.LogId;
import io.sluice.log.LogPosition;
import io.sluice.log.LogSlice;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.PartitionLog;
import io.sluice.log.Staged;
import io.sluice.log.Verdict;
import io.sluice.log.WriteOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One partition that this broker holds: takes appends, moves the high watermark, acknowledges, and wakes readers.
 *
 * <p>Its home loop alone changes it. An append is staged at once and written, together with all others that the same
 * turn of the loop brings, by one task behind them; so the busier the broker, the fewer the writes. Reading works on
 * what is published and may be done from any thread.
 *
 * <pre>
 *   append → stage → (end of the loop's turn) write → [fsync when flush.messages=1] → high watermark → acks, readers
 * </pre>
 */
public final class Partition {
    private final PartitionLog log;
    private final Loop home;
    /** Waiting for this broker alone (acks=1) and for all replicas in sync (acks=all). */
    private final PendingAppends leaderAcks = new PendingAppends();

    private final PendingAppends replicaAcks = new PendingAppends();
    private final List<ReadWaiter> waiters = new ArrayList<>();
    private final FlushCallback onFlush = new OnFlush();

    private volatile PartitionConfig config;
    private volatile Leadership leadership;
    private volatile LogPosition highWatermark;

    private boolean writeQueued;
    private boolean flushing;
    private boolean flushAgain;
    private LogPosition flushingUpTo;

    /** Takes over a log that nobody else uses; everything in it counts as committed until replicas say otherwise. */
    Partition(PartitionLog log, Loop home, PartitionConfig config, Leadership leadership) {
        this.log = log;
        this.home = home;
        this.config = config;
        this.leadership = leadership;
        // Where acknowledgements wait for the disk, readers must not see what a crash may still take back.
        this.highWatermark = config.flushBeforeAck() ? log.flushedPosition() : log.endPosition();
        this.flushingUpTo = highWatermark;
    }

    /** Begins to serve. On the home loop, once. */
    void open() {
        if (highWatermark.offset() < log.endOffset()) {
            flush();
        }
    }

    public LogId id() {
        return log.id();
    }

    /** The loop on which everything but reading and looking happens. */
    public Loop home() {
        return home;
    }

    public PartitionConfig config() {
        return config;
    }

    public Leadership leadership() {
        return leadership;
    }

    /** The log, for what only looks: offsets, epochs, producers, sizes. */
    public PartitionLog log() {
        return log;
    }

    /** The first offset that is not committed; readers see what is below. Any thread. */
    public long highWatermark() {
        return highWatermark.offset();
    }

    public long startOffset() {
        return log.startOffset();
    }

    /** Checks a batch against the topic's rules before it is appended, without touching the partition. Any thread. */
    public Checked check(ByteBuffer batch) {
        Verdict verdict =
                BatchValidator.check(batch, config.rules(), home.clock().wallMs());
        if (verdict instanceof Verdict.Refused refused) {
            return new Checked.Refused(AppendErrors.of(refused.reason()), id() + ": " + refused.message());
        }
        return new Checked.Accepted(((Verdict.Accepted) verdict).batch());
    }

    /**
     * Appends a batch that {@link #check} has accepted. On the home loop.
     *
     * @param batch from position to limit; the broker's fields in it are overwritten. It must stay as it is until the
     *     listener is told
     * @param allReplicas whether to acknowledge only what all replicas in sync have (acks=all), else what this broker
     *     has
     */
    public void append(ByteBuffer batch, boolean allReplicas, AppendListener listener) {
        Leadership now = leadership;
        if (!now.leading()) {
            listener.refused(AppendError.NOT_LEADER, "this broker does not lead " + id());
            return;
        }
        if (allReplicas && now.inSyncReplicas() < config.minInSyncReplicas()) {
            listener.refused(
                    AppendError.NOT_ENOUGH_REPLICAS,
                    id() + " has " + now.inSyncReplicas() + " replicas in sync and min.insync.replicas is "
                            + config.minInSyncReplicas());
            return;
        }
        Staged staged = log.stage(batch, now.epoch(), home.clock().wallMs());
        PendingAppends pending = allReplicas ? replicaAcks : leaderAcks;
        if (staged instanceof Staged.Ok ok) {
            pending.add(listener, ok.baseOffset(), ok.lastOffset() + 1, ok.appendTimeMs());
            queueWrite();
        } else if (staged instanceof Staged.Duplicate duplicate) {
            acknowledgeDuplicate(duplicate, pending, listener);
        } else if (staged instanceof Staged.Refused refused) {
            listener.refused(AppendErrors.of(refused.reason()), refused.message());
        }
    }

    /** The original may itself be waiting; its duplicate must not be acknowledged before it (T1). */
    private void acknowledgeDuplicate(Staged.Duplicate duplicate, PendingAppends pending, AppendListener listener) {
        if (duplicate.lastOffset() < highWatermark.offset()) {
            listener.appended(duplicate.baseOffset(), duplicate.appendTimeMs(), log.startOffset());
        } else {
            pending.add(listener, duplicate.baseOffset(), log.stagedEndOffset(), duplicate.appendTimeMs());
        }
    }

    private void queueWrite() {
        if (!writeQueued) {
            writeQueued = true;
            home.execute(this::write);
        }
    }

    private void write() {
        writeQueued = false;
        WriteOutcome outcome = log.write();
        if (outcome instanceof WriteOutcome.Failed failed) {
            onWriteFailed(failed.failure());
        }
        if (config.flushBeforeAck()) {
            flush();
        } else {
            onLocalEnd(log.endPosition());
        }
    }

    /**
     * After a full disk the log was cut back to its last whole batch, so what lies beyond is certainly gone and the rest
     * goes on as usual. After any other failure nobody knows what the file holds: nothing is acknowledged any more.
     */
    private void onWriteFailed(LogFailure failure) {
        if (failure instanceof LogFailure.DiskFull) {
            long kept = log.endOffset();
            leaderAcks.refuseBeyond(kept, AppendError.DISK_FULL, failure.message());
            replicaAcks.refuseBeyond(kept, AppendError.DISK_FULL, failure.message());
        } else {
            leaderAcks.refuseAll(AppendError.STORAGE_FAILED_AFTER_APPEND, failure.message());
            replicaAcks.refuseAll(AppendError.STORAGE_FAILED_AFTER_APPEND, failure.message());
        }
    }

    /** Group commit: one fsync at a time; what comes meanwhile is covered by the next. */
    private void flush() {
        if (flushing) {
            flushAgain = true;
            return;
        }
        flushing = true;
        flushingUpTo = log.endPosition();
        log.flush(onFlush);
    }

    private final class OnFlush implements FlushCallback {
        @Override
        public void onFlushed(long offset) {
            flushing = false;
            boolean again = flushAgain;
            flushAgain = false;
            onLocalEnd(flushingUpTo);
            if (again) {
                flush();
            }
        }

        @Override
        public void onFailure(LogFailure failure) {
            flushing = false;
            flushAgain = false;
            leaderAcks.refuseAll(AppendError.STORAGE_FAILED_AFTER_APPEND, failure.message());
            replicaAcks.refuseAll(AppendError.STORAGE_FAILED_AFTER_APPEND, failure.message());
        }
    }

    /** This broker has everything up to {@code end} as safely as its settings ask. */
    private void onLocalEnd(LogPosition end) {
        leaderAcks.acknowledgeUpTo(end.offset(), log.startOffset());
        // Of a cluster of one this broker is the whole in-sync set. Replication takes the minimum over it here (R2).
        onHighWatermark(end);
    }

    private void onHighWatermark(LogPosition position) {
        if (position.offset() <= highWatermark.offset()) {
            return;
        }
        highWatermark = position;
        log.highWatermark(position.offset());
        replicaAcks.acknowledgeUpTo(position.offset(), log.startOffset());
        for (int i = 0; i < waiters.size(); i++) {
            waiters.get(i).offer(position.offset());
        }
    }

    /** Whether {@link #read} at this offset can do without waiting for a disk. Any thread. */
    public boolean likelyCached(long offset) {
        return log.likelyCached(offset);
    }

    /**
     * Reads committed batches. Any thread; touches the disk only through the page cache, see
     * {@link LogSlice#likelyCached}.
     *
     * @param offset of the first record wanted
     * @param maxBytes how much at most
     * @param wholeFirstBatch whether the first batch is given whole even where it is larger
     * @param knownEpoch the leader epoch that the reader knows, -1 when none
     */
    public ReadOutcome read(long offset, int maxBytes, boolean wholeFirstBatch, int knownEpoch) {
        LogPosition limit = highWatermark;
        long start = log.startOffset();
        ReadOutcome fenced = fence(knownEpoch, limit.offset(), start);
        if (fenced != null) {
            return fenced;
        }
        // Beyond the high watermark yet within the log is not out of range: a new leader may not know better yet (R5).
        if (offset >= limit.offset() && offset <= log.endOffset() && offset >= start) {
            return new ReadOutcome.Nothing(limit.offset(), start);
        }
        try {
            LogSlice slice = log.read(offset, maxBytes, limit, wholeFirstBatch);
            if (slice.bytes() == 0) {
                slice.close();
                return new ReadOutcome.Nothing(limit.offset(), start);
            }
            return new ReadOutcome.Data(slice, limit.offset(), start);
        } catch (OffsetOutOfRangeException e) {
            return new ReadOutcome.Refused(
                    ReadError.OFFSET_OUT_OF_RANGE, String.valueOf(e.getMessage()), limit.offset(), e.startOffset());
        } catch (LogException e) {
            return new ReadOutcome.Refused(ReadError.STORAGE_FAILED, e.failure().message(), limit.offset(), start);
        }
    }

    /**
     * Reads for a replica, up to the end of the log, and counts {@code position} as what that replica has. Any thread; what
     * it tells the leader's state is handed to the home loop.
     *
     * @param brokerId the replica
     * @param brokerEpoch the registration that it fetches under, -1 when it does not say (KIP-903)
     * @param position where its log stands
     * @param wholeFirstBatch whether the first batch is given whole even where it is larger
     */
    public ReadOutcome readForReplica(
            int brokerId, long brokerEpoch, ReplicaFetch.Position position, boolean wholeFirstBatch) {
        throw new UnsupportedOperationException("replicas of " + id() + " can't be served yet");
    }

    /** Subscribes a waiter of a replica: it is offered the end of the log instead of the high watermark. Any thread. */
    public void subscribeReplica(ReadWaiter waiter) {
        subscribe(waiter);
    }

    /** Whether a request that knows {@code knownEpoch} must be refused (R8); null when it may go on. */
    public ReadOutcome.@org.jspecify.annotations.Nullable Refused fence(int knownEpoch) {
        return fence(knownEpoch, highWatermark.offset(), log.startOffset());
    }

    private ReadOutcome.@org.jspecify.annotations.Nullable Refused fence(int knownEpoch, long end, long start) {
        Leadership now = leadership;
        if (knownEpoch >= 0 && knownEpoch < now.epoch()) {
            return new ReadOutcome.Refused(
                    ReadError.FENCED_LEADER_EPOCH,
                    id() + " is at leader epoch " + now.epoch() + ", the request at " + knownEpoch,
                    end,
                    start);
        }
        if (knownEpoch > now.epoch()) {
            return new ReadOutcome.Refused(
                    ReadError.UNKNOWN_LEADER_EPOCH,
                    id() + " is at leader epoch " + now.epoch() + ", the request at " + knownEpoch,
                    end,
                    start);
        }
        if (!now.leading()) {
            return new ReadOutcome.Refused(ReadError.NOT_LEADER, "this broker does not lead " + id(), end, start);
        }
        return null;
    }

    /** Subscribes a reader; see {@link ReadWaiter}. Any thread. */
    public void subscribe(ReadWaiter waiter) {
        home.run(() -> {
            waiters.add(waiter);
            waiter.offer(highWatermark.offset());
        });
    }

    /** Ends a subscription. Any thread. */
    public void unsubscribe(ReadWaiter waiter) {
        home.run(() -> waiters.remove(waiter));
    }

    /** Follows the controller: who leads, in which epoch, and how many replicas are in sync. On the home loop. */
    void lead(Leadership decided) {
        if (decided.epoch() < leadership.epoch()) {
            return; // older news than what is known (R23)
        }
        boolean lost = leadership.leading() && !decided.leading();
        if (decided.leading() && (decided.epoch() > leadership.epoch() || !leadership.leading())) {
            log.beginEpoch(decided.epoch());
        }
        leadership = decided;
        if (lost) {
            refusePending("this broker no longer leads " + id());
        }
    }

    /** Takes on changed settings. On the home loop. */
    void reconfigure(PartitionConfig changed) {
        config = changed;
        log.reconfigure(changed.log());
    }

    /**
     * Moves the log's start, as DeleteRecords asks; never beyond the high watermark. On the home loop.
     *
     * @return see {@link PartitionLog#deleteRecordsBefore}
     */
    CompletionStage<Void> deleteRecordsBefore(long offset) throws OffsetOutOfRangeException {
        if (offset > highWatermark.offset()) {
            throw new OffsetOutOfRangeException(id(), offset, log.startOffset(), highWatermark.offset());
        }
        return log.deleteRecordsBefore(offset);
    }

    /** Stops serving: what is pending is refused, readers are woken to hear of it. On the home loop. */
    void close(String why) {
        leadership = new Leadership(false, -1, leadership.epoch(), 0);
        log.write();
        refusePending(why);
        waiters.clear();
    }

    private void refusePending(String why) {
        leaderAcks.refuseAll(AppendError.LOST_LEADERSHIP_AFTER_APPEND, why);
        replicaAcks.refuseAll(AppendError.LOST_LEADERSHIP_AFTER_APPEND, why);
        for (ReadWaiter waiter : waiters) {
            waiter.offerChange();
        }
    }
}
