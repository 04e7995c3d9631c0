package io.sluice.kafka.handler;

import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.TopicSettings;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.PartitionQueries.Found;
import io.sluice.engine.ReadOutcome;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DeleteRecords (key 21, versions 0 to 2): moves the start of partitions forward, on all live replicas. Neither internal topics nor topics
 * that are only compacted allow it.
 */
public final class DeleteRecordsHandler extends MessageHandler<DeleteRecordsRequestData> {
    private static final long HIGH_WATERMARK = -1;
    private static final long NO_WATERMARK = -1;

    private final Engine engine;

    public DeleteRecordsHandler(Engine engine) {
        super(ApiKeys.DELETE_RECORDS);
        this.engine = engine;
    }

    @Override
    protected void handle(DeleteRecordsRequestData request, Exchange exchange) {
        List<CompletionStage<DeleteRecordsTopicResult>> topics = new ArrayList<>();
        for (DeleteRecordsTopic topic : request.topics()) {
            List<CompletionStage<DeleteRecordsPartitionResult>> partitions = new ArrayList<>();
            for (DeleteRecordsPartition partition : topic.partitions()) {
                partitions.add(delete(topic.name(), partition, request.timeoutMs()));
            }
            topics.add(Stages.all(partitions).thenApply(results -> result(topic.name(), results)));
        }
        exchange.respondWhen(Stages.all(topics), results -> {
            DeleteRecordsResponseData answer = new DeleteRecordsResponseData();
            answer.topics().addAll(results);
            return answer;
        });
    }

    private CompletionStage<DeleteRecordsPartitionResult> delete(
            String topic, DeleteRecordsPartition wanted, int timeoutMs) {
        int index = wanted.partitionIndex();
        long before = wanted.offset();
        Located located = Located.find(engine, topic, index);
        if (located instanceof Located.Missing missing) {
            return refused(index, missing.error());
        }
        Partition partition = ((Located.Here) located).partition();
        ReadOutcome.Refused notLeading = partition.fence(-1);
        if (notLeading != null) {
            return refused(index, ErrorCodes.of(notLeading.error()));
        }
        if (engine.internalTopics().isInternal(topic)) {
            return refused(index, Errors.INVALID_TOPIC_EXCEPTION);
        }
        if (!deletes(topic)) {
            return refused(index, Errors.POLICY_VIOLATION);
        }
        if (before < HIGH_WATERMARK) {
            return refused(index, Errors.OFFSET_OUT_OF_RANGE);
        }
        return engine.queries()
                .deleteRecordsBefore(partition, before, timeoutMs)
                .thenApply(found -> result(index, found));
    }

    private boolean deletes(String topic) {
        Map<String, String> configs =
                engine.image().topic(topic).map(TopicImage::configs).orElse(Map.of());
        return engine.settings()
                .withTopic(configs)
                .get(TopicSettings.CLEANUP_POLICY)
                .contains("delete");
    }

    private static CompletionStage<DeleteRecordsPartitionResult> refused(int index, Errors error) {
        return CompletableFuture.completedFuture(result(index, error, NO_WATERMARK));
    }

    private static DeleteRecordsPartitionResult result(int index, Found<Long> found) {
        if (found instanceof Found.Failed<Long> failed) {
            return result(index, ErrorCodes.of(failed.error()), NO_WATERMARK);
        }
        return result(index, Errors.NONE, ((Found.Value<Long>) found).value());
    }

    private static DeleteRecordsPartitionResult result(int index, Errors error, long lowWatermark) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(index)
                .setErrorCode(error.code())
                .setLowWatermark(lowWatermark);
    }

    private static DeleteRecordsTopicResult result(String topic, List<DeleteRecordsPartitionResult> partitions) {
        DeleteRecordsTopicResult result = new DeleteRecordsTopicResult().setName(topic);
        result.partitions().addAll(partitions);
        return result;
    }
}
