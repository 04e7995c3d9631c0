package io.sluice.bench;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** A topic on the broker under test, made for one measurement. */
record Topic(String name, Uuid id, int partitions) {
    private static final short DELETE_VERSION = 6;
    private static final short LIST_OFFSETS_VERSION = 6;
    private static final int ATTEMPTS_MAX = 20_000;
    private static final int DELETE_LIMIT_MS = 60_000;
    private static final long LATEST = -1L;

    /**
     * Creates the topic and returns when every partition's leader answers. A broker that has just been started may
     * refuse for a while: asked again every millisecond.
     */
    static Topic create(Wire wire, String name, int partitions, Map<String, String> configs)
            throws IOException, InterruptedException {
        Topic topic = request(wire, name, partitions, configs);
        topic.awaitLeaders(wire);
        return topic;
    }

    /** Creates the topic and returns as soon as the broker has said yes. */
    static Topic request(Wire wire, String name, int partitions, Map<String, String> configs)
            throws IOException, InterruptedException {
        TopicRequest request = new TopicRequest(name, partitions, 1, configs);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            CreateTopicsResponseData.CreatableTopicResult answer = request.send(wire);
            if (TopicRequest.succeeded(answer)) {
                return new Topic(name, answer.topicId(), partitions);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new BenchException("topic " + name + " could not be created");
    }

    /** Returns when every partition's leader answers. */
    void awaitLeaders(Wire wire) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (endOffsets(wire).stream().allMatch(offset -> offset >= 0)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new BenchException("some partitions of topic " + name + " have no leader");
    }

    /** How many records the broker says it holds, from offset 0. */
    long recordCount(Wire wire) throws IOException {
        return endOffsets(wire).stream().mapToLong(Long::longValue).sum();
    }

    /** The end offset of each partition, by index; -1 where the broker answered with an error. */
    List<Long> endOffsets(Wire wire) throws IOException {
        ListOffsetsRequestData.ListOffsetsTopic topic = new ListOffsetsRequestData.ListOffsetsTopic()
                .setName(name)
                .setPartitions(IntStream.range(0, partitions)
                        .mapToObj(index -> new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(index)
                                .setTimestamp(LATEST))
                        .toList());
        ListOffsetsRequestData request =
                new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(topic));
        ListOffsetsResponseData response = new ListOffsetsResponseData(
                wire.exchange(ApiKeys.LIST_OFFSETS, LIST_OFFSETS_VERSION, request), LIST_OFFSETS_VERSION);
        return response.topics().get(0).partitions().stream()
                .sorted(Comparator.comparingInt(ListOffsetsResponseData.ListOffsetsPartitionResponse::partitionIndex))
                .map(partition -> partition.errorCode() == 0 ? partition.offset() : -1L)
                .toList();
    }

    void delete(Wire wire) throws IOException {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(DELETE_LIMIT_MS);
        request.topics().add(new DeleteTopicsRequestData.DeleteTopicState().setName(name));
        DeleteTopicsResponseData response = new DeleteTopicsResponseData(
                wire.exchange(ApiKeys.DELETE_TOPICS, DELETE_VERSION, request), DELETE_VERSION);
        Errors error = Errors.forCode(response.responses().iterator().next().errorCode());
        if (error != Errors.NONE) {
            throw new BenchException("cannot delete topic " + name + ": " + error);
        }
    }
}
