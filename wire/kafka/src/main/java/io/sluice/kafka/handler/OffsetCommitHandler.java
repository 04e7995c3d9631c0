package io.sluice.kafka.handler;

import io.sluice.base.TopicPartition;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.engine.group.OffsetCommit;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * OffsetCommit (key 8, versions 2 to 10; from version 10 topics are named by id). Partitions that do not exist are
 * refused one by one, the rest goes to the group's coordinator.
 */
public final class OffsetCommitHandler extends MessageHandler<OffsetCommitRequestData> {
    static final int MEMBER_EPOCH_FROM = 9;
    static final int TOPIC_ID_FROM = 10;
    private static final long NO_RETENTION = -1;

    private final Engine engine;

    public OffsetCommitHandler(Engine engine) {
        super(ApiKeys.OFFSET_COMMIT);
        this.engine = engine;
    }

    @Override
    protected void handle(OffsetCommitRequestData request, Exchange exchange) {
        boolean byId = exchange.version() >= TOPIC_ID_FROM;
        ClusterImage image = engine.image();
        List<Topic> topics = request.topics().stream()
                .filter(asked -> !asked.partitions().isEmpty())
                .map(asked -> new Topic(asked, find(asked, byId, image), byId))
                .toList();
        List<OffsetCommit.Offset> offsets = new ArrayList<>();
        topics.forEach(topic -> topic.addTo(offsets));
        long retention = request.retentionTimeMs();
        CompletionStage<OffsetCommit.Response> committed = offsets.isEmpty()
                ? CompletableFuture.completedFuture(
                        new OffsetCommit.Response(io.sluice.engine.group.GroupError.NONE, Map.of()))
                : engine.groups()
                        .commitOffsets(new OffsetCommit.Request(
                                GroupMembers.ref(request.groupId(), request.memberId(), request.groupInstanceId()),
                                request.generationIdOrMemberEpoch(),
                                exchange.version() >= MEMBER_EPOCH_FROM,
                                retention == NO_RETENTION ? OptionalLong.empty() : OptionalLong.of(retention),
                                offsets));
        exchange.respondWhen(committed, response -> new OffsetCommitResponseData()
                .setTopics(topics.stream().map(topic -> topic.answer(response)).toList()));
    }

    private static Optional<TopicImage> find(OffsetCommitRequestTopic asked, boolean byId, ClusterImage image) {
        return byId ? image.topic(TopicIds.fromWire(asked.topicId())) : image.topic(asked.name());
    }

    /** One topic of the request. */
    record Topic(OffsetCommitRequestTopic asked, Optional<TopicImage> found, boolean byId) {
        void addTo(List<OffsetCommit.Offset> offsets) {
            for (OffsetCommitRequestPartition partition : asked.partitions()) {
                if (refusal(partition.partitionIndex()) == Errors.NONE) {
                    String metadata = partition.committedMetadata();
                    offsets.add(new OffsetCommit.Offset(
                            named(partition.partitionIndex()),
                            found.orElseThrow().id(),
                            partition.committedOffset(),
                            partition.committedLeaderEpoch(),
                            metadata == null ? "" : metadata));
                }
            }
        }

        OffsetCommitResponseTopic answer(OffsetCommit.Response response) {
            OffsetCommitResponseTopic answer =
                    new OffsetCommitResponseTopic().setName(asked.name()).setTopicId(asked.topicId());
            for (OffsetCommitRequestPartition partition : asked.partitions()) {
                int index = partition.partitionIndex();
                Errors refusal = refusal(index);
                Errors error = refusal != Errors.NONE ? refusal : ErrorCodes.of(response.of(named(index)));
                answer.partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(index)
                                .setErrorCode(error.code()));
            }
            return answer;
        }

        private TopicPartition named(int index) {
            return new TopicPartition(found.orElseThrow().name(), index);
        }

        private Errors refusal(int index) {
            if (found.isEmpty()) {
                return byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            }
            return found.get().partition(index).isPresent() ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
    }
}
