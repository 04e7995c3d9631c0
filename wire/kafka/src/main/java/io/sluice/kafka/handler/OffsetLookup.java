package io.sluice.kafka.handler;

import io.sluice.engine.Engine;
import io.sluice.engine.FoundOffset;
import io.sluice.engine.Partition;
import io.sluice.engine.PartitionQueries.Found;
import io.sluice.engine.ReadOutcome;
import io.sluice.engine.StoredReads;
import io.sluice.kafka.ErrorCodes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;

/**
 * Finds the offset that a ListOffsets request means by a timestamp, which may be a point in time or one of the negative
 * values below. Any thread.
 *
 * <p>The isolation level makes no difference: no transaction is ever open, so the last stable offset is the high
 * watermark.
 */
final class OffsetLookup {
    static final long LATEST = -1;
    static final long EARLIEST = -2;
    static final long MAX_TIMESTAMP = -3;
    static final long EARLIEST_LOCAL = -4;
    static final long LATEST_TIERED = -5;
    static final long EARLIEST_PENDING_UPLOAD = -6;

    private static final long UNKNOWN = -1;
    private static final int NO_EPOCH = -1;
    private static final int LEADER_EPOCH_FROM = 4;
    private static final int NOT_AVAILABLE_FROM = 5;

    private final Engine engine;

    OffsetLookup(Engine engine) {
        this.engine = engine;
    }

    /** @param asker -2 for a debugging consumer, who is told what this broker has, be it the leader or not */
    CompletionStage<ListOffsetsPartitionResponse> find(
            String topic, ListOffsetsPartition asked, short version, int asker) {
        int index = asked.partitionIndex();
        if (version < versionThatKnows(asked.timestamp())) {
            return refused(index, Errors.UNSUPPORTED_VERSION);
        }
        Located located = Located.find(engine, topic, index);
        if (located instanceof Located.Missing missing) {
            return refused(index, missing.error());
        }
        Partition partition = ((Located.Here) located).partition();
        boolean debugging = asker == ListOffsetsRequest.DEBUGGING_REPLICA_ID;
        ReadOutcome.Refused fenced = debugging
                ? StoredReads.fence(partition, asked.currentLeaderEpoch())
                : partition.fence(asked.currentLeaderEpoch());
        if (fenced != null) {
            return refused(index, ErrorCodes.of(fenced.error()));
        }
        if (debugging && asked.timestamp() == LATEST) {
            return CompletableFuture.completedFuture(answer(index, StoredReads.end(partition), version));
        }
        return find(partition, asked.timestamp()).thenApply(found -> answer(index, found, version));
    }

    static CompletionStage<ListOffsetsPartitionResponse> repeated(ListOffsetsPartition asked) {
        return refused(asked.partitionIndex(), Errors.INVALID_REQUEST);
    }

    /** The version from which a negative timestamp has a meaning; beyond all versions when it has none. */
    private static int versionThatKnows(long timestamp) {
        if (timestamp >= EARLIEST) {
            return 0;
        }
        return switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
            case (int) MAX_TIMESTAMP -> 7;
            case (int) EARLIEST_LOCAL -> 8;
            case (int) LATEST_TIERED -> 9;
            case (int) EARLIEST_PENDING_UPLOAD -> 11;
            default -> Short.MAX_VALUE;
        };
    }

    private CompletionStage<Found<Optional<FoundOffset>>> find(Partition partition, long timestamp) {
        if (timestamp == LATEST) {
            return CompletableFuture.completedFuture(engine.queries().end(partition));
        }
        if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
            return found(engine.queries().start(partition));
        }
        if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) {
            return CompletableFuture.completedFuture(new Found.Value<>(Optional.empty())); // nothing is tiered
        }
        if (timestamp == MAX_TIMESTAMP) {
            return engine.queries().maxTimestampOffset(partition);
        }
        return engine.queries().offsetForTimestamp(partition, timestamp);
    }

    private static CompletionStage<Found<Optional<FoundOffset>>> found(FoundOffset offset) {
        return CompletableFuture.completedFuture(new Found.Value<>(Optional.of(offset)));
    }

    private static ListOffsetsPartitionResponse answer(int index, Found<Optional<FoundOffset>> found, short version) {
        if (found instanceof Found.Failed<Optional<FoundOffset>> failed) {
            Errors error = ErrorCodes.of(failed.error());
            boolean unknownToClient = error == Errors.OFFSET_NOT_AVAILABLE && version < NOT_AVAILABLE_FROM;
            return error(index, unknownToClient ? Errors.LEADER_NOT_AVAILABLE : error); // KIP-207
        }
        ListOffsetsPartitionResponse answer = error(index, Errors.NONE);
        ((Found.Value<Optional<FoundOffset>>) found).value().ifPresent(offset -> {
            answer.setOffset(offset.offset()).setTimestamp(offset.timestampMs());
            if (version >= LEADER_EPOCH_FROM) {
                answer.setLeaderEpoch(offset.leaderEpoch());
            }
        });
        return answer;
    }

    private static CompletionStage<ListOffsetsPartitionResponse> refused(int index, Errors error) {
        return CompletableFuture.completedFuture(error(index, error));
    }

    private static ListOffsetsPartitionResponse error(int index, Errors error) {
        return new ListOffsetsPartitionResponse()
                .setPartitionIndex(index)
                .setErrorCode(error.code())
                .setOffset(UNKNOWN)
                .setTimestamp(UNKNOWN)
                .setLeaderEpoch(NO_EPOCH);
    }
}
