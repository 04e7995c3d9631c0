package io.sluice.engine;

import io.sluice.base.Workers;
import io.sluice.log.EpochEnd;
import io.sluice.log.EpochStart;
import io.sluice.log.LogException;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.ProducerSummary;
import io.sluice.log.TimestampedOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Questions about a partition that have to read its log, or have to be asked on its home loop. Any thread; stages
 * complete on a worker or on the partition's loop.
 */
public final class PartitionQueries {
    private static final long NO_TIMESTAMP = -1;
    private static final int NO_EPOCH = -1;

    private final Workers workers;

    PartitionQueries(Workers workers) {
        this.workers = workers;
    }

    /** What a look-up found. */
    public sealed interface Found<T> {
        record Value<T>(T value) implements Found<T> {}

        /** @param message names the partition and the reason */
        record Failed<T>(ReadError error, String message) implements Found<T> {}
    }

    /** Where committed records end. Fails with OFFSET_NOT_AVAILABLE while a new leader does not know (R5, KIP-207). */
    public Found<Optional<FoundOffset>> end(Partition partition) {
        if (!partition.knowsCommitted()) {
            return notKnownYet(partition);
        }
        return new Found.Value<>(Optional.of(new FoundOffset(
                partition.highWatermark(), NO_TIMESTAMP, partition.log().latestEpoch())));
    }

    private static <T> Found<T> notKnownYet(Partition partition) {
        return new Found.Failed<>(
                ReadError.OFFSET_NOT_AVAILABLE,
                "the new leader of " + partition.id() + " does not know yet what is committed; ask again");
    }

    /** Where records begin. */
    public FoundOffset start(Partition partition) {
        long start = partition.startOffset();
        int epoch = NO_EPOCH;
        for (EpochStart each : partition.log().leaderEpochs()) {
            if (each.startOffset() > start) {
                break;
            }
            epoch = each.epoch();
        }
        return new FoundOffset(start, NO_TIMESTAMP, epoch);
    }

    /** The first committed record whose timestamp is at or after {@code timestampMs}. */
    public CompletionStage<Found<Optional<FoundOffset>>> offsetForTimestamp(Partition partition, long timestampMs) {
        return onWorker(partition, () -> partition.log().offsetForTimestamp(timestampMs))
                .thenApply(found -> committed(partition, found));
    }

    /** The first of the committed records with the largest timestamp. */
    public CompletionStage<Found<Optional<FoundOffset>>> maxTimestampOffset(Partition partition) {
        return onWorker(partition, () -> partition.log().maxTimestampOffset())
                .thenApply(found -> committed(partition, found));
    }

    /**
     * Moves the partition's start to {@code offset}, -1 for the high watermark; answers with the low watermark (KIP-107)
     * once no crash can move the start back here and all live replicas have followed.
     *
     * @param timeoutMs for how long to wait for them; the records are deleted all the same
     */
    public CompletionStage<Found<Long>> deleteRecordsBefore(Partition partition, long offset, long timeoutMs) {
        CompletionStage<CompletionStage<Found<Long>>> begun = onHome(partition, () -> {
            if (partition.leaderRole() == null) {
                return CompletableFuture.completedFuture(
                        leadsNoMore(partition)); // what is here is the leader's business
            }
            long target = offset == -1 ? partition.highWatermark() : offset;
            try {
                CompletionStage<Void> safe = partition.deleteRecordsBefore(target);
                long start = partition.startOffset();
                CompletionStage<Found<Long>> here =
                        safe.handle((nothing, failure) -> deleted(partition, start, failure));
                return here.thenCompose(done -> everywhere(partition, done, timeoutMs));
            } catch (OffsetOutOfRangeException e) {
                return CompletableFuture.<Found<Long>>completedFuture(
                        new Found.Failed<>(ReadError.OFFSET_OUT_OF_RANGE, String.valueOf(e.getMessage())));
            }
        });
        return begun.thenCompose(answer -> answer);
    }

    /** What was deleted here is to be deleted on the other replicas. */
    private static CompletionStage<Found<Long>> everywhere(Partition partition, Found<Long> here, long timeoutMs) {
        if (!(here instanceof Found.Value<Long> start)) {
            return CompletableFuture.completedFuture(here);
        }
        CompletionStage<CompletionStage<Found<Long>>> begun = onHome(partition, () -> {
            LeaderRole leading = partition.leaderRole();
            return leading == null
                    ? CompletableFuture.completedFuture(leadsNoMore(partition))
                    : leading.lowWatermark().reaches(start.value(), timeoutMs);
        });
        return begun.thenCompose(answer -> answer);
    }

    private static Found<Long> leadsNoMore(Partition partition) {
        return new Found.Failed<>(ReadError.NOT_LEADER, "this broker no longer leads " + partition.id());
    }

    private static Found<Long> deleted(Partition partition, long start, @Nullable Throwable failure) {
        return failure == null
                ? new Found.Value<>(start)
                : new Found.Failed<>(
                        ReadError.STORAGE_FAILED,
                        "records of " + partition.id() + " were deleted, but a crash may bring them back: "
                                + failure.getMessage());
    }

    /** Where the largest leader epoch that is not above {@code epoch} ends; nowhere for an epoch that is yet to come. */
    public EpochEndOffset endOfEpoch(Partition partition, int epoch) {
        if (epoch < 0 || epoch > partition.log().latestEpoch()) {
            return EpochEndOffset.UNKNOWN;
        }
        EpochEnd end = partition.log().endOfEpoch(epoch);
        return new EpochEndOffset(end.epoch(), end.endOffset());
    }

    /** The idempotent producers that the partition remembers. */
    public CompletionStage<Found<List<ActiveProducer>>> producers(Partition partition) {
        return onHome(
                partition,
                () -> new Found.Value<>(partition.log().producers().stream()
                        .map(PartitionQueries::active)
                        .toList()));
    }

    private static ActiveProducer active(ProducerSummary producer) {
        return new ActiveProducer(
                producer.producerId(),
                producer.producerEpoch(),
                producer.lastSequence(),
                producer.lastTimestampMs(),
                producer.coordinatorEpoch(),
                producer.transactionStartOffset());
    }

    /** What was found, if it is committed; a new leader may not know whether it is. */
    private static Found<Optional<FoundOffset>> committed(
            Partition partition, Found<Optional<TimestampedOffset>> looked) {
        if (looked instanceof Found.Failed<Optional<TimestampedOffset>> failed) {
            return new Found.Failed<>(failed.error(), failed.message());
        }
        Optional<TimestampedOffset> found = ((Found.Value<Optional<TimestampedOffset>>) looked).value();
        boolean beyond = found.isPresent() && found.get().offset() >= partition.highWatermark();
        if (beyond && !partition.knowsCommitted()) {
            return notKnownYet(partition);
        }
        return new Found.Value<>(beyond ? Optional.empty() : found.map(FoundOffset::of));
    }

    private interface Reading<T> {
        T read() throws LogException;
    }

    private <T> CompletionStage<Found<T>> onWorker(Partition partition, Reading<T> reading) {
        CompletableFuture<Found<T>> result = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                try {
                    result.complete(new Found.Value<>(reading.read()));
                } catch (LogException e) {
                    result.complete(new Found.Failed<>(
                            ReadError.STORAGE_FAILED, e.failure().message()));
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.complete(new Found.Failed<>(
                    ReadError.STORAGE_FAILED, "too many look-ups are waiting; " + partition.id() + " was not read"));
        }
        return result;
    }

    private static <T> CompletionStage<T> onHome(Partition partition, java.util.function.Supplier<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        partition.home().run(() -> {
            try {
                result.complete(task.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
