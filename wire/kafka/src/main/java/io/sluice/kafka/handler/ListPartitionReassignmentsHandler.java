package io.sluice.kafka.handler;

import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * ListPartitionReassignments (key 46, version 0, KIP-455): the moves that are under way, of all topics or of those named.
 * What does not move, or does not exist, is left out.
 */
public final class ListPartitionReassignmentsHandler extends MessageHandler<ListPartitionReassignmentsRequestData> {
    private final Engine engine;

    public ListPartitionReassignmentsHandler(Engine engine) {
        super(ApiKeys.LIST_PARTITION_REASSIGNMENTS);
        this.engine = engine;
    }

    @Override
    protected void handle(ListPartitionReassignmentsRequestData request, Exchange exchange) {
        exchange.respond(
                new ListPartitionReassignmentsResponseData().setTopics(moves(engine.image(), request.topics())));
    }

    private static List<OngoingTopicReassignment> moves(
            ClusterImage image, @Nullable List<ListPartitionReassignmentsTopics> asked) {
        List<OngoingTopicReassignment> moves = new ArrayList<>();
        if (asked == null) {
            image.topics().stream()
                    .sorted(Comparator.comparing(TopicImage::name))
                    .forEach(topic -> addMoves(
                            topic,
                            IntStream.range(0, topic.partitionCount()).boxed().toList(),
                            moves));
        } else {
            asked.forEach(named -> image.topic(named.name())
                    .ifPresent(topic -> addMoves(topic, new TreeSet<>(named.partitionIndexes()), moves)));
        }
        return moves;
    }

    private static void addMoves(TopicImage topic, Iterable<Integer> indexes, List<OngoingTopicReassignment> to) {
        OngoingTopicReassignment told = new OngoingTopicReassignment().setName(topic.name());
        for (int index : indexes) {
            topic.partition(index)
                    .filter(partition -> partition.reassignment().isUnderWay())
                    .ifPresent(partition -> told.partitions().add(move(index, partition)));
        }
        if (!told.partitions().isEmpty()) {
            to.add(told);
        }
    }

    private static OngoingPartitionReassignment move(int index, PartitionImage partition) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(index)
                .setReplicas(partition.replicas())
                .setAddingReplicas(partition.reassignment().adding())
                .setRemovingReplicas(partition.reassignment().removing());
    }
}
