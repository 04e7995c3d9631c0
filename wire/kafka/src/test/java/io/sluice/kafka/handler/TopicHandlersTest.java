package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Creating and deleting topics, and looking up offsets in them. */
class TopicHandlersTest {
    private static TestBroker broker;
    private static WireClient client;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(Map.of("log.retention.ms", "55555"));
        client = broker.connect();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
    }

    @Test
    void createdTopicIsToldWithItsSettings() throws Exception {
        CreatableTopic topic = topic("told");
        topic.configs().add(new CreatableTopicConfig().setName("cleanup.policy").setValue("delete"));

        CreatableTopicResult result = only(create(false, topic));

        assertThat(result.numPartitions()).isEqualTo(2);
        assertThat(result.replicationFactor()).isEqualTo((short) 1);
        assertThat(result.topicId())
                .isEqualTo(TopicIds.toWire(
                        broker.engine().image().topic("told").orElseThrow().id()));
        assertThat(value(result, "retention.ms").value()).isEqualTo("55555");
        assertThat(value(result, "retention.ms").configSource()).isEqualTo((byte) 4);
        assertThat(value(result, "cleanup.policy").configSource()).isEqualTo((byte) 1);
    }

    @Test
    void createdTopicAnswersAtOnce() throws Exception {
        create(false, topic("at-once").setNumPartitions(20));

        for (int i = 0; i < 20; i++) {
            assertThat(broker.engine().partitions().find("at-once", i)).isNotNull();
        }
    }

    @Test
    void validationCreatesNothing() throws Exception {
        CreateTopicsResponseData answer = create(true, topic("not-made"));

        assertThat(only(answer).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(broker.engine().image().topic("not-made")).isEmpty();
    }

    @Test
    void topicNamedTwiceIsRefusedOnce() throws Exception {
        CreateTopicsResponseData answer = create(false, topic("twice"), topic("twice"), topic("once"));

        assertThat(answer.topics()).hasSize(2);
        assertThat(answer.topics().find("twice").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(answer.topics().find("twice").errorMessage()).contains("twice");
        assertThat(answer.topics().find("once").errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void settingWithoutAValueIsRefused() throws Exception {
        CreatableTopic topic = topic("no-value");
        topic.configs().add(new CreatableTopicConfig().setName("retention.ms").setValue(null));

        CreatableTopicResult result = only(create(false, topic));

        assertThat(result.errorCode()).isEqualTo(Errors.INVALID_CONFIG.code());
        assertThat(result.errorMessage()).contains("no-value").contains("retention.ms");
    }

    @Test
    void assignmentWithAGapIsRefused() throws Exception {
        CreatableTopic topic = topic("gap").setNumPartitions(-1).setReplicationFactor((short) -1);
        for (int partition : new int[] {0, 2}) {
            topic.assignments()
                    .add(new CreatableReplicaAssignment()
                            .setPartitionIndex(partition)
                            .setBrokerIds(List.of(TestBroker.ID)));
        }

        CreatableTopicResult result = only(create(false, topic));

        assertThat(result.errorCode()).isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT.code());
    }

    @Test
    void assignmentForbidsCounts() throws Exception {
        CreatableTopic topic = topic("both");
        topic.assignments().add(new CreatableReplicaAssignment().setBrokerIds(List.of(TestBroker.ID)));

        assertThat(only(create(false, topic)).errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void deletionByNameAndIdOfTheSameTopicIsRefused() throws Exception {
        create(false, topic("doomed"));
        Uuid id = TopicIds.toWire(
                broker.engine().image().topic("doomed").orElseThrow().id());

        DeleteTopicsResponseData answer =
                delete(new DeleteTopicState().setName("doomed"), new DeleteTopicState().setTopicId(id));

        assertThat(answer.responses()).hasSize(2).allSatisfy(result -> assertThat(result.errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code()));
        assertThat(broker.engine().image().topic("doomed")).isPresent();
    }

    @Test
    void deletionOfNothingOrOfTwoNamesIsRefused() throws Exception {
        DeleteTopicsResponseData answer = delete(
                new DeleteTopicState(), new DeleteTopicState().setName("x").setTopicId(new Uuid(3, 3)));

        assertThat(answer.responses()).hasSize(2).allSatisfy(result -> assertThat(result.errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    @Test
    void specialTimestampsAreRefusedBeforeTheirVersion() throws Exception {
        create(false, topic("stamps"));
        Map<Long, Integer> known = Map.of(-3L, 7, -4L, 8, -5L, 9, -6L, 11);
        for (Map.Entry<Long, Integer> one : known.entrySet()) {
            assertThat(list(one.getValue(), "stamps", at(one.getKey())).errorCode())
                    .isEqualTo(Errors.NONE.code());
            assertThat(list(one.getValue() - 1, "stamps", at(one.getKey())).errorCode())
                    .isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        }
        assertThat(list(11, "stamps", at(-7)).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(list(11, "stamps", at(Long.MIN_VALUE)).errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    @Test
    void r8OffsetsOfAnotherLeaderEpochAreFenced() throws Exception {
        create(false, topic("fenced"));
        int epoch = broker.engine().image().partition("fenced", 0).orElseThrow().leaderEpoch();

        assertThat(list(11, "fenced", at(-1).setCurrentLeaderEpoch(epoch)).errorCode())
                .isEqualTo(Errors.NONE.code());
        assertThat(list(11, "fenced", at(-1).setCurrentLeaderEpoch(epoch + 1)).errorCode())
                .isEqualTo(Errors.UNKNOWN_LEADER_EPOCH.code());
    }

    @Test
    void epochThatIsYetToComeEndsNowhere() throws Exception {
        create(false, topic("epochs"));
        int epoch = broker.engine().image().partition("epochs", 0).orElseThrow().leaderEpoch();

        assertThat(endOf("epochs", epoch).endOffset()).isZero();
        assertThat(endOf("epochs", epoch + 1).endOffset()).isEqualTo(-1);
        assertThat(endOf("epochs", -1).endOffset()).isEqualTo(-1);
    }

    @Test
    void partitionAskedTwiceIsRefusedOnce() throws Exception {
        create(false, topic("asked-twice"));

        ListOffsetsResponseData answer = client.ask(ApiKeys.LIST_OFFSETS, 11, offsets("asked-twice", at(-1), at(-2)));

        assertThat(answer.topics().get(0).partitions()).hasSize(1).allSatisfy(one -> assertThat(one.errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code()));
    }

    private static CreateTopicsResponseData create(boolean validateOnly, CreatableTopic... topics) throws Exception {
        CreateTopicsRequestData request =
                new CreateTopicsRequestData().setTimeoutMs(10_000).setValidateOnly(validateOnly);
        request.topics().addAll(List.of(topics));
        return client.ask(ApiKeys.CREATE_TOPICS, 7, request);
    }

    private static CreatableTopic topic(String name) {
        return new CreatableTopic().setName(name).setNumPartitions(2).setReplicationFactor((short) 1);
    }

    private static CreatableTopicResult only(CreateTopicsResponseData answer) {
        assertThat(answer.topics()).hasSize(1);
        return answer.topics().iterator().next();
    }

    private static CreatableTopicConfigs value(CreatableTopicResult result, String name) {
        return result.configs().stream()
                .filter(config -> config.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static DeleteTopicsResponseData delete(DeleteTopicState... topics) throws Exception {
        return client.ask(
                ApiKeys.DELETE_TOPICS,
                6,
                new DeleteTopicsRequestData().setTimeoutMs(10_000).setTopics(List.of(topics)));
    }

    private static EpochEndOffset endOf(String topic, int epoch) throws Exception {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(
                                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setLeaderEpoch(epoch))));
        OffsetForLeaderEpochResponseData answer = client.ask(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request);
        return answer.topics().iterator().next().partitions().get(0);
    }

    private static ListOffsetsPartition at(long timestamp) {
        return new ListOffsetsPartition().setTimestamp(timestamp);
    }

    private static ListOffsetsRequestData offsets(String topic, ListOffsetsPartition... partitions) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(partitions))));
    }

    private static ListOffsetsPartitionResponse list(int version, String topic, ListOffsetsPartition partition)
            throws Exception {
        ListOffsetsResponseData answer = client.ask(ApiKeys.LIST_OFFSETS, version, offsets(topic, partition));
        return answer.topics().get(0).partitions().get(0);
    }
}
