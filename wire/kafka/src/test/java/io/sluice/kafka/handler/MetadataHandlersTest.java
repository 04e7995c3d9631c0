package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where things are: Metadata, DescribeTopicPartitions, FindCoordinator. */
class MetadataHandlersTest {
    private static TestBroker broker;
    private static WireClient client;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(Map.of());
        client = broker.connect();
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        for (String name : List.of("a", "b", "c")) {
            request.topics()
                    .add(new CreateTopicsRequestData.CreatableTopic()
                            .setName(name)
                            .setNumPartitions(3)
                            .setReplicationFactor((short) 1));
        }
        client.ask(ApiKeys.CREATE_TOPICS, 7, request);
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
    }

    @Test
    void metadataOfNoTopicMeansAllInVersion0AndNoneLater() throws Exception {
        MetadataRequestData none = new MetadataRequestData().setTopics(List.of());

        assertThat(names(client.ask(ApiKeys.METADATA, 0, none))).contains("a", "b", "c");
        assertThat(names(client.ask(ApiKeys.METADATA, 1, none))).isEmpty();
        assertThat(names(client.ask(ApiKeys.METADATA, 1, new MetadataRequestData().setTopics(null))))
                .contains("a", "b", "c");
    }

    @Test
    void metadataCreatesTopicsOnlyWhereTheClientAllowsIt() throws Exception {
        MetadataResponseData refused =
                client.ask(ApiKeys.METADATA, 9, named("made").setAllowAutoTopicCreation(false));
        assertThat(only(refused).errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());

        MetadataResponseData made =
                client.ask(ApiKeys.METADATA, 9, named("made").setAllowAutoTopicCreation(true));

        assertThat(only(made).errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(only(made).partitions()).allSatisfy(partition -> {
            assertThat(partition.leaderId()).isEqualTo(TestBroker.ID);
            assertThat(broker.engine().partitions().find("made", partition.partitionIndex()))
                    .as("answers when the client hears of it")
                    .isNotNull();
        });
    }

    @Test
    void metadataNamesTheTopicThatCannotBeCreated() throws Exception {
        MetadataResponseData answer = client.ask(ApiKeys.METADATA, 9, named(".."));

        assertThat(only(answer).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
        assertThat(only(answer).name()).isEqualTo("..");
    }

    @Test
    void metadataFindsTopicsByIdFromVersion12() throws Exception {
        Uuid id =
                TopicIds.toWire(broker.engine().image().topic("a").orElseThrow().id());
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(null).setTopicId(id)));

        assertThat(only(client.ask(ApiKeys.METADATA, 12, request)).name()).isEqualTo("a");
        assertThat(only(client.ask(ApiKeys.METADATA, 10, request)).errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void metadataOfUnknownIdTellsTheId() throws Exception {
        Uuid id = new Uuid(8, 8);
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(null).setTopicId(id)));

        MetadataResponseTopic topic = only(client.ask(ApiKeys.METADATA, 13, request));

        assertThat(topic.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(topic.topicId()).isEqualTo(id);
        assertThat(topic.name()).isNull();
    }

    @Test
    void describeTopicPartitionsGoesOnWhereThePageEnded() throws Exception {
        List<String> seen = new ArrayList<>();
        DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setTopics(Stream.of("c", "a", "b")
                        .map(name -> new TopicRequest().setName(name))
                        .toList())
                .setResponsePartitionLimit(2);
        DescribeTopicPartitionsResponseData page;
        do {
            page = client.ask(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, request);
            page.topics().forEach(topic -> topic.partitions()
                    .forEach(partition -> seen.add(topic.name() + partition.partitionIndex())));
            DescribeTopicPartitionsResponseData.Cursor next = page.nextCursor();
            if (next != null) {
                request.setCursor(new DescribeTopicPartitionsRequestData.Cursor()
                        .setTopicName(next.topicName())
                        .setPartitionIndex(next.partitionIndex()));
            }
        } while (page.nextCursor() != null);

        assertThat(seen).containsExactly("a0", "a1", "a2", "b0", "b1", "b2", "c0", "c1", "c2");
    }

    @Test
    void transactionCoordinatorIsRefusedForGood() throws Exception {
        FindCoordinatorRequestData request =
                new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of("tx"));

        FindCoordinatorResponseData answer = client.ask(ApiKeys.FIND_COORDINATOR, 6, request);

        FindCoordinatorResponseData.Coordinator coordinator =
                answer.coordinators().get(0);
        assertThat(Errors.forCode(coordinator.errorCode()).exception())
                .isNotInstanceOf(org.apache.kafka.common.errors.RetriableException.class);
        assertThat(coordinator.errorMessage()).contains("tx").contains("transactions");
    }

    @Test
    void coordinatorsOfSeveralGroupsAreFoundAtOnce() throws Exception {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setCoordinatorKeys(List.of("x", "y"));

        FindCoordinatorResponseData answer = client.ask(ApiKeys.FIND_COORDINATOR, 6, request);

        assertThat(answer.coordinators()).extracting(found -> found.key()).containsExactly("x", "y");
        assertThat(answer.coordinators())
                .allSatisfy(found -> assertThat(found.port()).isEqualTo(broker.port()));
    }

    private static MetadataRequestData named(String topic) {
        return new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName(topic)));
    }

    private static List<String> names(MetadataResponseData answer) {
        return answer.topics().stream().map(MetadataResponseTopic::name).toList();
    }

    private static MetadataResponseTopic only(MetadataResponseData answer) {
        assertThat(answer.topics()).hasSize(1);
        return answer.topics().iterator().next();
    }
}
