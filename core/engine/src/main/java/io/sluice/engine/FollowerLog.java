package io.sluice.engine;

import io.sluice.log.BatchHeader;
import io.sluice.log.LogException;
import io.sluice.log.LogFailure;
import io.sluice.log.LogPosition;
import io.sluice.log.PartitionLog;
import io.sluice.log.Staged;
import io.sluice.log.WriteOutcome;
import io.sluice.replication.FollowerState;
import io.sluice.replication.FollowerState.OwnLog;
import io.sluice.replication.FollowerState.Repair;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's log as a follower's: takes what the leader wrote, as it is, and gives up what the leader does not have.
 * Owned by the partition's home loop; used while this broker follows, by {@link ReplicaFetcher}.
 */
final class FollowerLog {
    private static final Logger LOG = LoggerFactory.getLogger(FollowerLog.class);

    private final Partition partition;
    private final PartitionLog log;
    private final SafeEnd safe;
    private volatile int toldEpoch = -1;

    FollowerLog(Partition partition, PartitionLog log, SafeEnd safe) {
        this.partition = partition;
        this.log = log;
        this.safe = safe;
    }

    /** What became of a leader's records. */
    sealed interface Taken {
        /** All whole batches are written. */
        record Written() implements Taken {}

        /**
         * Some batch was not taken; those before it are written.
         *
         * @param passing whether the log only restores its state and will take it in a moment
         */
        record Refused(String why, boolean passing) implements Taken {}

        /** The log, which is empty, must begin inside of this batch; {@link FollowerLog#beginWith} makes it begin before. */
        record BeginsInside(ByteBuffer batch) implements Taken {}
    }

    private static final Taken WRITTEN = new Taken.Written();

    OwnLog own() {
        return new OwnLog(log.startOffset(), log.endOffset(), log.leaderEpochs());
    }

    /** What to ask the leader for. All that is here must be safe: the position says that it is. */
    ReplicaFetch.Position position(int maxBytes) {
        OwnLog own = own();
        toldEpoch = partition.leadership().epoch();
        return new ReplicaFetch.Position(
                partition.ref(),
                partition.leadership().epoch(),
                own.endOffset(),
                own.lastEpoch(),
                own.startOffset(),
                maxBytes);
    }

    /** The newest leader epoch in which a leader may have been told of this log, -1 when none was. Any thread. */
    int toldEpoch() {
        return toldEpoch;
    }

    /** Whether everything here is as safe as the topic asks. */
    boolean isAllSafe() {
        return safe.end().offset() >= log.endOffset();
    }

    CompletionStage<Void> whenAllSafe() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        safe.whenAllSafe(partition.config().flushBeforeAck(), () -> {
            if (isAllSafe()) {
                done.complete(null);
            } else {
                done.completeExceptionally(new LogException(log.failure().orElse(new LogFailure.Recovering(log.id()))));
            }
        });
        return done;
    }

    /**
     * Done when {@link #position} may be asked for: the log ends with its last batch, and all of it is safe. A log that is
     * damaged or out of service has its end still, and not what lies before: it must not be counted as having it (R15).
     */
    CompletionStage<Void> prepare() {
        Optional<LogFailure> failure = log.failure();
        if (failure.isPresent()) {
            return CompletableFuture.failedFuture(new LogException(failure.get()));
        }
        // This broker led and wrote nothing: the leader's log may go on here with batches of an older epoch.
        CompletionStage<Void> ordered = own().remembersUnwrittenEpoch()
                ? cut(log.truncateTo(log.endOffset()))
                : CompletableFuture.completedFuture(null);
        return ordered.thenCompose(nothing -> whenAllSafe());
    }

    /** Cuts the log, or begins it anew. */
    CompletionStage<Void> repair(Repair repair) {
        if (repair instanceof Repair.Truncate truncate) {
            return truncate(truncate.offset());
        }
        if (repair instanceof Repair.Reset reset) {
            return reset(reset.offset());
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> truncate(long offset) {
        boolean committed = offset < partition.highWatermark();
        LOG.atLevel(committed ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.INFO)
                .log(
                        "msg=\"replica is cut to its leader's history\" partition={} from={} to={} highWatermark={}"
                                + " leader={} leaderEpoch={}",
                        log.id(),
                        log.endOffset(),
                        offset,
                        partition.highWatermark(),
                        partition.leadership().leader(),
                        partition.leadership().epoch());
        if (committed) {
            partition.setHighWatermark(PartitionReads.unlocated(offset));
        }
        return cut(log.truncateTo(offset));
    }

    private CompletionStage<Void> reset(long offset) {
        LOG.warn(
                "msg=\"replica begins anew where its leader's log begins\" partition={} start={} end={} newStart={} leader={}",
                log.id(),
                log.startOffset(),
                log.endOffset(),
                offset,
                partition.leadership().leader());
        if (offset < partition.highWatermark()) {
            partition.setHighWatermark(PartitionReads.unlocated(offset));
        }
        return cut(log.resetTo(offset));
    }

    private CompletionStage<Void> cut(CompletionStage<Void> cutting) {
        partition.cutBegins();
        return cutting.whenComplete((done, failure) -> {
            if (log.startOffset() > partition.highWatermark()) {
                // Not before, or it would be beyond an end that is still the old one (R5).
                partition.setHighWatermark(PartitionReads.unlocated(log.startOffset()));
            }
            safe.logCut(partition.config().flushBeforeAck());
            partition.cutEnds();
        });
    }

    /**
     * Appends the leader's batches as they are (R10) and takes over its high watermark and start (R5).
     *
     * @param records whole batches; the last may be cut. Not kept
     */
    Taken append(ByteBuffer records, long leaderHighWatermark, long leaderStart) {
        Taken taken = records.hasRemaining() ? stageAll(records) : WRITTEN;
        WriteOutcome outcome = log.write();
        if (outcome instanceof WriteOutcome.Failed failed) {
            taken = new Taken.Refused(failed.failure().message(), false);
        }
        safe.written(partition.config().flushBeforeAck());
        follow(leaderHighWatermark, leaderStart);
        return taken;
    }

    private Taken stageAll(ByteBuffer records) {
        int begin = records.position();
        int end = records.limit();
        long nowMs = partition.home().clock().wallMs();
        int at = records.position();
        for (int size; (size = BatchHeader.wholeBatchSize(records, at, end)) > 0; at += size) {
            records.limit(at + size).position(at);
            if (beginsInside(records)) {
                return new Taken.BeginsInside(
                        ByteBuffer.allocate(size).put(records.duplicate()).flip());
            }
            Optional<Taken> late = ofLaterEpoch(records);
            if (late.isPresent()) {
                return late.get();
            }
            Staged staged = log.stageReplicated(records, nowMs);
            if (staged instanceof Staged.Refused refused) {
                return new Taken.Refused(refused.message(), refused.reason() == Staged.Reason.RECOVERING);
            }
            records.limit(end);
        }
        return at > begin
                ? WRITTEN
                : new Taken.Refused(
                        "what the leader sent for offset " + log.stagedEndOffset() + " of " + log.id()
                                + " does not begin with a whole batch",
                        false);
    }

    /**
     * Whoever served this has lost the leadership meanwhile and follows already: its log was compared with this one before
     * it was cut, so what comes now need not continue what is here (R8).
     */
    private Optional<Taken> ofLaterEpoch(ByteBuffer batch) {
        int epoch = BatchHeader.leaderEpoch(batch, batch.position());
        int followed = partition.leadership().epoch();
        return epoch <= followed
                ? Optional.empty()
                : Optional.of(new Taken.Refused(
                        "the leader's batch at offset " + log.stagedEndOffset() + " of " + log.id()
                                + " is of leader epoch " + epoch + ", though " + followed + " is followed",
                        true));
    }

    /** The leader's start may lie inside of a batch, of which it keeps the whole. */
    private boolean beginsInside(ByteBuffer batch) {
        int at = batch.position();
        long next = log.stagedEndOffset();
        return next == log.startOffset()
                && BatchHeader.baseOffset(batch, at) < next
                && BatchHeader.lastOffset(batch, at) >= next;
    }

    /** Begins the log, which is empty, with the batch that the leader's start lies in. */
    CompletionStage<Void> beginWith(ByteBuffer batch, long leaderHighWatermark, long leaderStart) {
        Leadership asked = partition.leadership();
        return reset(BatchHeader.baseOffset(batch, batch.position())).thenCompose(nothing -> {
            if (partition.leadership() != asked) {
                return CompletableFuture.completedFuture(null); // another term has begun; its leader decides (R9)
            }
            Taken taken = append(batch, leaderHighWatermark, leaderStart);
            return taken instanceof Taken.Refused refused
                    ? CompletableFuture.failedFuture(refusal(refused))
                    : whenAllSafe();
        });
    }

    private Exception refusal(Taken.Refused refused) {
        return refused.passing()
                ? new LogException(new LogFailure.Recovering(log.id()))
                : new IllegalStateException(refused.why());
    }

    private void follow(long leaderHighWatermark, long leaderStart) {
        LogPosition end = log.endPosition();
        long before = partition.highWatermark();
        long now = FollowerState.highWatermark(leaderHighWatermark, before, end.offset());
        if (now > before) {
            partition.setHighWatermark(now == end.offset() ? end : PartitionReads.unlocated(now));
        }
        long start = Math.min(leaderStart, now);
        if (start > log.startOffset()) {
            log.deleteRecordsBefore(start).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.warn("partition={} does not follow its leader's start {}", log.id(), start, failure);
                }
            });
        }
    }
}
