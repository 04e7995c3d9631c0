package io.sluice.kafka.handler;

import io.sluice.base.TopicPartition;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * ListOffsets (key 2, versions 1 to 11): the offset of a partition's start, end, or of a point in time. A partition that
 * is named twice is refused, once.
 */
public final class ListOffsetsHandler extends MessageHandler<ListOffsetsRequestData> {
    private final OffsetLookup lookup;

    public ListOffsetsHandler(Engine engine) {
        super(ApiKeys.LIST_OFFSETS);
        this.lookup = new OffsetLookup(engine);
    }

    @Override
    protected void handle(ListOffsetsRequestData request, Exchange exchange) {
        Set<TopicPartition> twice = namedTwice(request);
        Set<TopicPartition> told = new HashSet<>();
        List<CompletionStage<ListOffsetsTopicResponse>> topics = new ArrayList<>();
        for (ListOffsetsTopic topic : request.topics()) {
            List<CompletionStage<ListOffsetsPartitionResponse>> partitions = new ArrayList<>();
            for (ListOffsetsPartition partition : topic.partitions()) {
                TopicPartition named = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!told.add(named)) {
                    continue;
                }
                partitions.add(
                        twice.contains(named)
                                ? OffsetLookup.repeated(partition)
                                : lookup.find(topic.name(), partition, exchange.version(), request.replicaId()));
            }
            topics.add(Stages.all(partitions)
                    .thenApply(answers ->
                            new ListOffsetsTopicResponse().setName(topic.name()).setPartitions(answers)));
        }
        exchange.respondWhen(Stages.all(topics), answers -> new ListOffsetsResponseData().setTopics(answers));
    }

    private static Set<TopicPartition> namedTwice(ListOffsetsRequestData request) {
        Set<TopicPartition> seen = new HashSet<>();
        Set<TopicPartition> twice = new HashSet<>();
        for (ListOffsetsTopic topic : request.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                TopicPartition named = new TopicPartition(topic.name(), partition.partitionIndex());
                if (!seen.add(named)) {
                    twice.add(named);
                }
            }
        }
        return twice;
    }
}
