package io.sluice.engine;

import io.sluice.log.LogFailure;
import io.sluice.log.PartitionLog;
import io.sluice.log.Staged;
import io.sluice.log.WriteOutcome;
import java.nio.ByteBuffer;

/**
 * What a partition's leader appends, from staging to the acknowledgement. Owned by the partition's home loop; lives as
 * long as the partition and is empty while another broker leads.
 *
 * <pre>
 *   append → stage → (end of the loop's turn) write → wait for this broker (acks=1) or for all in sync (acks=all) → told
 * </pre>
 */
final class PartitionAppends {
    private final Partition partition;
    private final PartitionLog log;
    private final SafeEnd safe;
    /** Waiting for this broker alone (acks=1) and for all replicas in sync (acks=all). */
    private final PendingAppends leaderAcks = new PendingAppends();

    private final PendingAppends replicaAcks = new PendingAppends();
    private boolean writeQueued;

    PartitionAppends(Partition partition, PartitionLog log, SafeEnd safe) {
        this.partition = partition;
        this.log = log;
        this.safe = safe;
    }

    /** See {@link Partition#append}. */
    void append(LeaderRole leading, ByteBuffer batch, boolean allReplicas, AppendListener listener) {
        if (allReplicas && !leading.state().enoughInSync()) {
            listener.refused(AppendError.NOT_ENOUGH_REPLICAS, leading.tooFewInSync());
            return;
        }
        Staged staged = log.stage(batch, leading.epoch(), log.home().clock().wallMs());
        if (staged instanceof Staged.Ok ok) {
            pending(allReplicas).add(listener, ok.baseOffset(), ok.lastOffset() + 1, ok.appendTimeMs());
            queueWrite();
        } else if (staged instanceof Staged.Duplicate duplicate) {
            acknowledgeDuplicate(duplicate, allReplicas, listener);
        } else if (staged instanceof Staged.Refused refused) {
            listener.refused(AppendErrors.of(refused.reason()), refused.message());
        }
    }

    private PendingAppends pending(boolean allReplicas) {
        return allReplicas ? replicaAcks : leaderAcks;
    }

    /** The original may itself be waiting; its duplicate must not be acknowledged before it (T1). */
    private void acknowledgeDuplicate(Staged.Duplicate duplicate, boolean allReplicas, AppendListener listener) {
        long acknowledged = allReplicas ? partition.highWatermark() : safe.end().offset();
        if (duplicate.lastOffset() < acknowledged) {
            listener.appended(duplicate.baseOffset(), duplicate.appendTimeMs(), log.startOffset());
        } else {
            pending(allReplicas).add(listener, duplicate.baseOffset(), log.stagedEndOffset(), duplicate.appendTimeMs());
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
        leaderAcks.refuseAll(error, why);
        replicaAcks.refuseAll(error, why);
    }
}
