package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Committing offsets and reading them back, by topic name and by topic id. */
class OffsetHandlersTest {
    private static final int BY_NAME = 9;
    private static final int BY_ID = 10;

    private static TestBroker broker;
    private static WireClient client;
    private static Uuid topicId;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(Map.of());
        client = broker.connect();
        client.ask(
                ApiKeys.METADATA,
                12,
                new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName("topic"))));
        client.ask(ApiKeys.FIND_COORDINATOR, 4, new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group")));
        topicId = TopicIds.toWire(
                broker.engine().image().topic("topic").orElseThrow().id());
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
    }

    @Test
    void partitionsThatDoNotExistAreRefusedAmongOthers() throws Exception {
        OffsetCommitRequestTopic topic =
                new OffsetCommitRequestTopic().setName("topic").setPartitions(List.of(at(0, 5), at(9, 5)));

        OffsetCommitResponseData answer = commit(BY_NAME, "some", topic);

        assertThat(answer.topics().get(0).partitions())
                .extracting(OffsetCommitResponsePartition::errorCode)
                .containsExactly(Errors.NONE.code(), Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void unknownTopicIdIsToldBack() throws Exception {
        Uuid unknown = new Uuid(5, 5);
        OffsetCommitRequestTopic topic =
                new OffsetCommitRequestTopic().setTopicId(unknown).setPartitions(List.of(at(0, 5)));

        OffsetCommitResponseData answer = commit(BY_ID, "ids", topic);

        assertThat(answer.topics().get(0).topicId()).isEqualTo(unknown);
        assertThat(answer.topics().get(0).partitions().get(0).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void committedByIdIsReadByNameAndById() throws Exception {
        commit(
                BY_ID,
                "mixed",
                new OffsetCommitRequestTopic().setTopicId(topicId).setPartitions(List.of(at(0, 42))));

        OffsetFetchResponseTopics byName =
                fetch(BY_NAME, "mixed", List.of(new OffsetFetchRequestTopics().setName("topic")));
        OffsetFetchResponseTopics byId =
                fetch(BY_ID, "mixed", List.of(new OffsetFetchRequestTopics().setTopicId(topicId)));
        OffsetFetchResponseTopics all = fetch(BY_ID, "mixed", null);

        assertThat(only(byName).committedOffset()).isEqualTo(42);
        assertThat(only(byName).metadata()).isEqualTo("note");
        assertThat(only(byId).committedOffset()).isEqualTo(42);
        assertThat(all.topicId()).isEqualTo(topicId);
        assertThat(only(all).committedOffset()).isEqualTo(42);
    }

    @Test
    void nothingCommittedReadsAsMinusOne() throws Exception {
        OffsetFetchResponsePartitions partition =
                only(fetch(BY_NAME, "empty", List.of(new OffsetFetchRequestTopics().setName("topic"))));

        assertThat(partition.committedOffset()).isEqualTo(-1);
        assertThat(partition.errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void version1ReadsOnePartition() throws Exception {
        commit(BY_NAME, "old", new OffsetCommitRequestTopic().setName("topic").setPartitions(List.of(at(0, 11))));
        OffsetFetchRequestData request = new OffsetFetchRequestData()
                .setGroupId("old")
                .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName("topic")
                        .setPartitionIndexes(List.of(0))));

        OffsetFetchResponseData answer = client.ask(ApiKeys.OFFSET_FETCH, 1, request);

        assertThat(answer.topics().get(0).partitions().get(0).committedOffset()).isEqualTo(11);
    }

    private static OffsetCommitRequestPartition at(int partition, long offset) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset)
                .setCommittedMetadata("note");
    }

    private static OffsetCommitResponseData commit(int version, String group, OffsetCommitRequestTopic topic)
            throws Exception {
        // As clients do: ask again while the coordinator still loads the group's partition.
        return Awaitility.await()
                .until(
                        () -> client.ask(
                                ApiKeys.OFFSET_COMMIT,
                                version,
                                new OffsetCommitRequestData().setGroupId(group).setTopics(List.of(topic))),
                        OffsetHandlersTest::isLoaded);
    }

    private static boolean isLoaded(OffsetCommitResponseData answer) {
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .noneMatch(partition -> partition.errorCode() == Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
    }

    /** @param topics null for all; else partition 0 of each */
    private static OffsetFetchResponseTopics fetch(int version, String group, List<OffsetFetchRequestTopics> topics)
            throws Exception {
        if (topics != null) {
            topics.forEach(topic -> topic.setPartitionIndexes(List.of(0)));
        }
        OffsetFetchResponseData answer = client.ask(
                ApiKeys.OFFSET_FETCH,
                version,
                new OffsetFetchRequestData()
                        .setGroups(List.of(
                                new OffsetFetchRequestGroup().setGroupId(group).setTopics(topics))));
        return answer.groups().get(0).topics().get(0);
    }

    private static OffsetFetchResponsePartitions only(OffsetFetchResponseTopics topic) {
        assertThat(topic.partitions()).hasSize(1);
        return topic.partitions().get(0);
    }
}
