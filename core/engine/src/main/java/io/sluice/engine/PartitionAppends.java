package io.sluice.engine;

import io.sluice.base.Cancellable;
import io.sluice.log.LogFailure;
import io.sluice.log.PartitionLog;
import io.sluice.log.Staged;
import io.sluice.log.WriteOutcome;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a partition's leader appends, from staging to the acknowledgement. Owned by the partition's home loop; lives as
 * long as the partition and is empty while another broker leads.
 *
 * <pre>
 *   append → stage → (end of the loop's turn) write → wait for this broker (acks=1) or for all in sync (acks=all) → told
 * </pre>
 *
 * <p>What waits for other brokers waits no longer than was asked. There is one timer, for the earliest deadline, and none
 * while nothing waits; a timer that finds all acknowledged costs nothing further, so appends that are acknowledged in time
 * share one in each such time.
 */
final class PartitionAppends {
    /** So much later than asked a time-out may come, so that short ones don't make a timer each. */
    private static final long SHORTEST_TIMER_MS = 10;

    private final Partition partition;
    private final PartitionLog log;
    private final SafeEnd safe;
    /** Waiting for this broker alone (acks=1) and for all replicas in sync (acks=all). */
    private final PendingAppends leaderAcks = new PendingAppends();

    private final PendingAppends replicaAcks = new PendingAppends();
    private boolean writeQueued;
    private @Nullable Cancellable timer;
    private long timerAtMs = PendingAppends.NEVER;

    PartitionAppends(Partition partition, PartitionLog log, SafeEnd safe) {
        this.partition = partition;
        this.log = log;
        this.safe = safe;
    }

    /** See {@link Partition#append}. */
    void append(LeaderRole leading, ByteBuffer batch, AcksWanted acks, AppendListener listener) {
        if (acks.allReplicas() && !leading.state().enoughInSync()) {
            listener.refused(AppendError.NOT_ENOUGH_REPLICAS, leading.tooFewInSync());
            return;
        }
        Staged staged = log.stage(batch, leading.epoch(), log.home().clock().wallMs());
        if (staged instanceof Staged.Ok ok) {
            await(acks, listener, ok.baseOffset(), ok.lastOffset() + 1, ok.appendTimeMs());
            queueWrite();
        } else if (staged instanceof Staged.Duplicate duplicate) {
            acknowledgeDuplicate(duplicate, acks, listener);
        } else if (staged instanceof Staged.Refused refused) {
            listener.refused(AppendErrors.of(refused.reason()), refused.message());
        }
    }

    private void await(AcksWanted acks, AppendListener listener, long baseOffset, long endOffset, long appendTimeMs) {
        if (!acks.allReplicas()) {
            leaderAcks.add(listener, baseOffset, endOffset, appendTimeMs, PendingAppends.NEVER);
            return;
        }
        long nowMs = partition.nowMs();
        long deadlineMs = nowMs + Math.max(0, acks.timeoutMs());
        replicaAcks.add(listener, baseOffset, endOffset, appendTimeMs, deadlineMs);
        if (deadlineMs < timerAtMs) {
            startTimer(nowMs, deadlineMs);
        }
    }

    private void startTimer(long nowMs, long atMs) {
        stopTimer();
        timerAtMs = atMs;
        timer = log.home().schedule(Math.max(SHORTEST_TIMER_MS, atMs - nowMs), this::onTimer);
    }

    private void stopTimer() {
        Cancellable running = timer;
        timer = null;
        timerAtMs = PendingAppends.NEVER;
        if (running != null) {
            running.cancel();
        }
    }

    private void onTimer() {
        timer = null;
        timerAtMs = PendingAppends.NEVER;
        long nowMs = partition.nowMs();
        long firstMs = replicaAcks.firstDeadlineMs();
        if (firstMs <= nowMs) {
            replicaAcks.refuseOverdue(nowMs, AppendError.TIMED_OUT, partition.tooLate());
            firstMs = replicaAcks.firstDeadlineMs();
        }
        if (firstMs < timerAtMs) {
            startTimer(nowMs, firstMs);
        }
    }

    /** The original may itself be waiting; its duplicate must not be acknowledged before it (T1). */
    private void acknowledgeDuplicate(Staged.Duplicate duplicate, AcksWanted acks, AppendListener listener) {
        long acknowledged =
                acks.allReplicas() ? partition.highWatermark() : safe.end().offset();
        if (duplicate.lastOffset() < acknowledged) {
            listener.appended(duplicate.baseOffset(), duplicate.appendTimeMs(), log.startOffset());
        } else {
            await(acks, listener, duplicate.baseOffset(), log.stagedEndOffset(), duplicate.appendTimeMs());
        }
    }

    private void queueWrite() {
        if (!writeQueued) {
            writeQueued = true;
            log.home().execute(this::settle);
        }
    }

    /** What is staged gets written, so that the log's end is one. */
    void settle() {
        if (writeQueued) {
            write();
        }
    }

    private void write() {
        writeQueued = false;
        WriteOutcome outcome = log.write();
        if (outcome instanceof WriteOutcome.Failed failed) {
            onWriteFailed(failed.failure());
        }
        partition.onWritten();
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
            refuseAll(AppendError.STORAGE_FAILED_AFTER_APPEND, failure.message());
        }
    }

    /** This broker has everything before {@code offset} as safely as its settings ask. */
    void safeUpTo(long offset) {
        leaderAcks.acknowledgeUpTo(offset, log.startOffset());
    }

    /** The high watermark has come to {@code offset} (R1). */
    void committedUpTo(long offset) {
        replicaAcks.acknowledgeUpTo(offset, log.startOffset());
    }

    /** Too few replicas are in sync: what waits for the high watermark would wait for who knows how long (R1). */
    void tooFewInSync(LeaderRole leading) {
        if (!replicaAcks.isEmpty()) {
            replicaAcks.refuseAll(AppendError.NOT_ENOUGH_REPLICAS_AFTER_APPEND, leading.tooFewInSync());
        }
    }

    /** Nothing that waits will be acknowledged. */
    void refuseAll(AppendError error, String why) {
        stopTimer();
        leaderAcks.refuseAll(error, why);
        replicaAcks.refuseAll(error, why);
    }
}
