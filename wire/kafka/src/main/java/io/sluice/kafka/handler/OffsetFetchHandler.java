package io.sluice.kafka.handler;

import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartition;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopic;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * OffsetFetch (key 9, versions 1 to 10): what groups have committed. To version 7 a request is about one group, which
 * is translated into the newer form and back; from version 10 topics are named by id.
 */
public final class OffsetFetchHandler extends MessageHandler<OffsetFetchRequestData> {
    static final int BATCHED_FROM = 8;
    static final int TOPIC_ID_FROM = 10;
    private static final int GROUP_ERROR_FROM = 2;

    private final OffsetFetches fetches;

    public OffsetFetchHandler(Engine engine) {
        super(ApiKeys.OFFSET_FETCH);
        this.fetches = new OffsetFetches(engine);
    }

    @Override
    protected void handle(OffsetFetchRequestData request, Exchange exchange) {
        short version = exchange.version();
        if (version >= BATCHED_FROM) {
            boolean byId = version >= TOPIC_ID_FROM;
            exchange.respondWhen(
                    Stages.all(onceEach(request.groups()).stream()
                            .map(group -> fetches.fetch(group, byId))
                            .toList()),
                    groups -> new OffsetFetchResponseData().setGroups(groups));
        } else {
            OffsetFetchRequestGroup group =
                    new OffsetFetchRequestGroup().setGroupId(request.groupId()).setTopics(batched(request.topics()));
            exchange.respondWhen(fetches.fetch(group, false), answer -> single(answer, request.topics(), version));
        }
    }

    /** A group that is named again is told once: it would cost an answer far larger than the request. */
    private static Collection<OffsetFetchRequestGroup> onceEach(List<OffsetFetchRequestGroup> groups) {
        Map<String, OffsetFetchRequestGroup> byId = new LinkedHashMap<>();
        groups.forEach(group -> byId.putIfAbsent(group.groupId(), group));
        return byId.values();
    }

    private static @Nullable List<OffsetFetchRequestTopics> batched(@Nullable List<OffsetFetchRequestTopic> topics) {
        return topics == null
                ? null
                : topics.stream()
                        .map(topic -> new OffsetFetchRequestTopics()
                                .setName(topic.name())
                                .setPartitionIndexes(topic.partitionIndexes()))
                        .toList();
    }

    /** Version 1 has no place for an error of the whole group: each partition tells it. */
    static OffsetFetchResponseData single(
            OffsetFetchResponseGroup group, @Nullable List<OffsetFetchRequestTopic> asked, short version) {
        Errors error = Errors.forCode(group.errorCode());
        if (error != Errors.NONE && version < GROUP_ERROR_FROM) {
            return new OffsetFetchResponseData().setTopics(refused(asked == null ? List.of() : asked, error));
        }
        return new OffsetFetchResponseData()
                .setErrorCode(group.errorCode())
                .setTopics(
                        group.topics().stream().map(OffsetFetchHandler::single).toList());
    }

    private static OffsetFetchResponseTopic single(OffsetFetchResponseTopics topic) {
        OffsetFetchResponseTopic single = new OffsetFetchResponseTopic().setName(topic.name());
        for (OffsetFetchResponsePartitions partition : topic.partitions()) {
            single.partitions()
                    .add(new OffsetFetchResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setCommittedOffset(partition.committedOffset())
                            .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                            .setMetadata(partition.metadata())
                            .setErrorCode(partition.errorCode()));
        }
        return single;
    }

    private static List<OffsetFetchResponseTopic> refused(List<OffsetFetchRequestTopic> asked, Errors error) {
        return asked.stream()
                .map(topic -> new OffsetFetchResponseTopic()
                        .setName(topic.name())
                        .setPartitions(topic.partitionIndexes().stream()
                                .map(index -> new OffsetFetchResponsePartition()
                                        .setPartitionIndex(index)
                                        .setCommittedOffset(OffsetFetches.NO_OFFSET)
                                        .setMetadata("")
                                        .setErrorCode(error.code()))
                                .toList()))
                .toList();
    }
}
