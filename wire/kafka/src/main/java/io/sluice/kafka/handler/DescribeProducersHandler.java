package io.sluice.kafka.handler;

import io.sluice.cluster.TopicNames;
import io.sluice.engine.ActiveProducer;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.PartitionQueries.Found;
import io.sluice.engine.ReadOutcome;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeProducers (key 61, version 0, KIP-664): the idempotent producers that a partition remembers. */
public final class DescribeProducersHandler extends MessageHandler<DescribeProducersRequestData> {
    private final Engine engine;

    public DescribeProducersHandler(Engine engine) {
        super(ApiKeys.DESCRIBE_PRODUCERS);
        this.engine = engine;
    }

    @Override
    protected void handle(DescribeProducersRequestData request, Exchange exchange) {
        List<CompletionStage<TopicResponse>> topics = new ArrayList<>();
        for (TopicRequest topic : new LinkedHashSet<>(request.topics())) {
            List<CompletionStage<PartitionResponse>> partitions = new ArrayList<>();
            for (int index : new LinkedHashSet<>(topic.partitionIndexes())) {
                partitions.add(describe(topic.name(), index));
            }
            topics.add(Stages.all(partitions)
                    .thenApply(
                            answers -> new TopicResponse().setName(topic.name()).setPartitions(answers)));
        }
        exchange.respondWhen(Stages.all(topics), answers -> new DescribeProducersResponseData().setTopics(answers));
    }

    private CompletionStage<PartitionResponse> describe(String topic, int index) {
        Located located = Located.find(engine, topic, index);
        if (located instanceof Located.Missing missing) {
            boolean couldBe = TopicNames.complaint(topic).isEmpty();
            return CompletableFuture.completedFuture(
                    couldBe
                            ? refused(index, missing.error(), missing.message())
                            : refused(index, UnknownTopic.error(topic), UnknownTopic.message(topic)));
        }
        Partition partition = ((Located.Here) located).partition();
        ReadOutcome.Refused notLeading = partition.fence(-1);
        if (notLeading != null) {
            return CompletableFuture.completedFuture(
                    refused(index, ErrorCodes.of(notLeading.error()), notLeading.message()));
        }
        return engine.queries().producers(partition).thenApply(found -> answer(index, found));
    }

    private static PartitionResponse answer(int index, Found<List<ActiveProducer>> found) {
        if (found instanceof Found.Failed<List<ActiveProducer>> failed) {
            return refused(index, ErrorCodes.of(failed.error()), failed.message());
        }
        List<ProducerState> producers = ((Found.Value<List<ActiveProducer>>) found)
                .value().stream().map(DescribeProducersHandler::state).toList();
        return new PartitionResponse().setPartitionIndex(index).setActiveProducers(producers);
    }

    private static ProducerState state(ActiveProducer producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.producerEpoch())
                .setLastSequence(producer.lastSequence())
                .setLastTimestamp(producer.lastTimestampMs())
                .setCoordinatorEpoch(producer.coordinatorEpoch())
                .setCurrentTxnStartOffset(producer.transactionStartOffset());
    }

    private static PartitionResponse refused(int index, Errors error, String message) {
        return new PartitionResponse()
                .setPartitionIndex(index)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
