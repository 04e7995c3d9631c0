package io.sluice.kafka.handler;

import io.sluice.base.TopicPartition;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.engine.group.CommittedOffset;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.OffsetFetch;
import io.sluice.kafka.ErrorCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Asks for the offsets of one group, in the form of OffsetFetch from version 8 on. */
final class OffsetFetches {
    static final long NO_OFFSET = -1;
    private static final int NO_EPOCH = -1;

    private final Engine engine;

    OffsetFetches(Engine engine) {
        this.engine = engine;
    }

    /** @param byId whether topics are named by id, in the request and in the answer */
    CompletionStage<OffsetFetchResponseGroup> fetch(OffsetFetchRequestGroup asked, boolean byId) {
        ClusterImage image = engine.image();
        List<OffsetFetchRequestTopics> topics = asked.topics();
        List<Named> named = topics == null ? List.of() : named(topics, byId, image);
        OffsetFetch.Request request = new OffsetFetch.Request(
                asked.groupId(),
                Optional.ofNullable(asked.memberId()),
                asked.memberEpoch(),
                topics == null ? Optional.empty() : Optional.of(partitions(named)));
        return engine.groups().fetchOffsets(request).thenApply(response -> {
            OffsetFetchResponseGroup answer = new OffsetFetchResponseGroup()
                    .setGroupId(asked.groupId())
                    .setErrorCode(ErrorCodes.of(response.error()).code());
            if (response.error() == GroupError.NONE) {
                answer.setTopics(
                        topics == null
                                ? everything(response.offsets(), byId, image)
                                : chosen(named, response.offsets()));
            }
            return answer;
        });
    }

    /** A topic of the request; {@code name} is null when there is no topic with its id. */
    private record Named(
            OffsetFetchRequestTopics asked, @Nullable String name) {}

    private static List<Named> named(List<OffsetFetchRequestTopics> topics, boolean byId, ClusterImage image) {
        List<Named> named = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : topics) {
            String name = byId
                    ? image.topic(TopicIds.fromWire(topic.topicId()))
                            .map(TopicImage::name)
                            .orElse(null)
                    : topic.name();
            named.add(new Named(topic, name));
        }
        return named;
    }

    private static List<TopicPartition> partitions(List<Named> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (Named topic : topics) {
            String name = topic.name();
            if (name != null) {
                topic.asked().partitionIndexes().forEach(index -> partitions.add(new TopicPartition(name, index)));
            }
        }
        return partitions;
    }

    private static List<OffsetFetchResponseTopics> chosen(
            List<Named> topics, Map<TopicPartition, CommittedOffset> offsets) {
        List<OffsetFetchResponseTopics> answer = new ArrayList<>();
        for (Named topic : topics) {
            String name = topic.name();
            OffsetFetchResponseTopics told = new OffsetFetchResponseTopics()
                    .setName(topic.asked().name())
                    .setTopicId(topic.asked().topicId());
            for (int index : topic.asked().partitionIndexes()) {
                told.partitions()
                        .add(
                                name == null
                                        ? none(index, Errors.UNKNOWN_TOPIC_ID)
                                        : told(index, offsets.get(new TopicPartition(name, index))));
            }
            answer.add(told);
        }
        return answer;
    }

    /** A topic that is gone has no id to tell it by. */
    private static List<OffsetFetchResponseTopics> everything(
            Map<TopicPartition, CommittedOffset> offsets, boolean byId, ClusterImage image) {
        Map<String, OffsetFetchResponseTopics> topics = new TreeMap<>();
        offsets.forEach((partition, offset) -> {
            Optional<TopicImage> topic = image.topic(partition.topic());
            if (byId && topic.isEmpty()) {
                return;
            }
            Uuid id = topic.map(found -> TopicIds.toWire(found.id())).orElse(Uuid.ZERO_UUID);
            topics.computeIfAbsent(partition.topic(), name -> new OffsetFetchResponseTopics()
                            .setName(name)
                            .setTopicId(id))
                    .partitions()
                    .add(told(partition.partition(), offset));
        });
        return new ArrayList<>(topics.values());
    }

    private static OffsetFetchResponsePartitions told(int index, @Nullable CommittedOffset offset) {
        if (offset == null) {
            return none(index, Errors.NONE);
        }
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(index)
                .setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata());
    }

    private static OffsetFetchResponsePartitions none(int index, Errors error) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(index)
                .setCommittedOffset(NO_OFFSET)
                .setCommittedLeaderEpoch(NO_EPOCH)
                .setMetadata("")
                .setErrorCode(error.code());
    }
}
