package io.sluice.system.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.awaitility.Awaitility;

/** Topics, with records or without, made by requests. */
final class TopicFixtures {
    private static final int TIMEOUT_MS = 30_000;
    private static final int PRODUCE_BY_NAME = 9;

    private final Probe probe;

    TopicFixtures(Probe probe) {
        this.probe = probe;
    }

    /** The name of a new topic whose partitions answer. */
    String create(int partitions) {
        String name = probe.name("topic");
        createNamed(name, partitions);
        return name;
    }

    /** The name of a new topic of one partition that is compacted. */
    String createCompacted() {
        String name = probe.name("topic");
        CreatableTopic topic = topic(name, 1);
        topic.configs().add(new CreatableTopicConfig().setName("cleanup.policy").setValue("compact"));
        create(topic);
        return name;
    }

    /** The id of the new topic, once its partitions answer. */
    Uuid createNamed(String name, int partitions) {
        return create(topic(name, partitions));
    }

    private static CreatableTopic topic(String name, int partitions) {
        CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1);
        // The records are from 1970: nothing else would keep them.
        topic.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue("-1"));
        return topic;
    }

    private Uuid create(CreatableTopic topic) {
        try {
            CreateTopicsResponseData created = probe.ask(
                    ApiKeys.CREATE_TOPICS,
                    new CreateTopicsRequestData()
                            .setTimeoutMs(TIMEOUT_MS)
                            .setTopics(
                                    new CreatableTopicCollection(List.of(topic).iterator())));
            Awaitility.await()
                    .atMost(Duration.ofMillis(TIMEOUT_MS))
                    .until(() -> answers(topic.name(), topic.numPartitions() - 1));
            return created.topics().find(topic.name()).topicId();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers(String topic, int partition) throws IOException {
        ListOffsetsResponseData answer = probe.ask(
                ApiKeys.LIST_OFFSETS,
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsTopic()
                                .setName(topic)
                                .setPartitions(List.of(new ListOffsetsPartition()
                                        .setPartitionIndex(partition)
                                        .setTimestamp(-1))))));
        return answer.topics().get(0).partitions().get(0).errorCode() == Errors.NONE.code();
    }

    /** Appends one batch per timestamp to partition 0. */
    void append(String topic, long... timestamps) {
        for (long timestamp : timestamps) {
            append(
                    topic,
                    MemoryRecords.withRecords(
                            Compression.NONE, new SimpleRecord(timestamp, "k".getBytes(UTF_8), "v".getBytes(UTF_8))));
        }
    }

    /** Appends one batch of an idempotent producer to partition 0. */
    void append(String topic, long producerId, short epoch, int sequence) {
        append(
                topic,
                MemoryRecords.withIdempotentRecords(
                        Compression.NONE,
                        producerId,
                        epoch,
                        sequence,
                        new SimpleRecord(1_000, "k".getBytes(UTF_8), "v".getBytes(UTF_8))));
    }

    private void append(String topic, MemoryRecords records) {
        try {
            ProduceResponseData answer = probe.ask(
                    ApiKeys.PRODUCE,
                    PRODUCE_BY_NAME,
                    new ProduceRequestData()
                            .setAcks((short) -1)
                            .setTimeoutMs(TIMEOUT_MS)
                            .setTopicData(new TopicProduceDataCollection(List.of(new TopicProduceData()
                                            .setName(topic)
                                            .setPartitionData(List.of(new PartitionProduceData()
                                                    .setIndex(0)
                                                    .setRecords(records))))
                                    .iterator())));
            short code = answer.responses()
                    .find(topic, Uuid.ZERO_UUID)
                    .partitionResponses()
                    .get(0)
                    .errorCode();
            if (code != Errors.NONE.code()) {
                throw new IllegalStateException(topic + ": " + Errors.forCode(code));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
