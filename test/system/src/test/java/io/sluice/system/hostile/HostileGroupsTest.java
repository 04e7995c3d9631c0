package io.sluice.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.RawConnection;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Groups, members and offsets made up to fill a small broker's memory. At the bound clients are told to try again, and a
 * group of normal size works all the while. Each test has a broker of its own, since what it is made to remember stays.
 */
class HostileGroupsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long RESIDENT_BYTES_MAX = 420L << 20;
    private static final String TOPIC = "normal";
    private static final String WIDE = "wide";
    private static final int PARTITIONS = 100;
    private static final short JOIN_VERSION = 3;
    private static final short COMMIT_VERSION = 8;
    private static final short OFFSET_FETCH_VERSION = 8;

    private final List<RawConnection> open = new ArrayList<>();
    private BrokerProcess broker;
    private Bystander bystander;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Target.current() == Target.SLUICE, "not run: Kafka does not survive this");
        broker = BrokerProcess.start(BrokerSpec.fresh("groups").heap("128m"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1), new NewTopic(WIDE, PARTITIONS, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        bystander = new Bystander(broker);
        bystander.mustGoOn(1);
        awaitCoordinator();
    }

    @AfterEach
    void brokerIsWell() throws Exception {
        if (broker == null) {
            return; // not run
        }
        try {
            assertThat(broker.alive()).isTrue();
            bystander.mustGoOn(10);
            aNormalGroupWorks();
            assertThat(broker.residentBytes()).as("resident bytes").isLessThan(RESIDENT_BYTES_MAX);
            assertThat(broker.log())
                    .doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError", "StackOverflowError", "LEAK:");
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
            bystander.close();
            broker.close();
        }
    }

    private RawConnection open() throws IOException {
        RawConnection connection = RawConnection.open(broker.port(), PATIENCE);
        open.add(connection);
        return connection;
    }

    private void awaitCoordinator() throws IOException {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKey("any");
        RawConnection connection = open();
        Awaitility.await("a coordinator is there")
                .atMost(PATIENCE)
                .until(() -> new FindCoordinatorResponseData(
                                        connection.call(ApiKeys.FIND_COORDINATOR, (short) 0, request), (short) 0)
                                .errorCode()
                        == 0);
    }

    /** A new group of each protocol reads a record and commits. */
    private void aNormalGroupWorks() throws Exception {
        for (String protocol : List.of("classic", "consumer")) {
            String group = "normal-" + protocol;
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrap()), new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>(TOPIC, "x")).get(20, TimeUnit.SECONDS);
            }
            Map<String, Object> settings = Map.of(
                    "bootstrap.servers",
                    broker.bootstrap(),
                    "group.id",
                    group,
                    "group.protocol",
                    protocol,
                    "enable.auto.commit",
                    false,
                    "auto.offset.reset",
                    "earliest");
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
                consumer.subscribe(List.of(TOPIC));
                Awaitility.await("group " + group + " reads").atMost(PATIENCE).until(() -> {
                    ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
                    return !records.isEmpty();
                });
                consumer.commitSync(Duration.ofSeconds(20));
                assertThat(consumer.committed(Set.of(new TopicPartition(TOPIC, 0)), Duration.ofSeconds(20)))
                        .as("what %s has committed", group)
                        .doesNotContainValue(null);
            }
        }
    }

    private static byte[] framed(ApiKeys api, short version, ApiMessage request) {
        ByteBuffer body = RawConnection.encode(api, version, 1, request);
        return ByteBuffer.allocate(4 + body.remaining())
                .putInt(body.remaining())
                .put(body)
                .array();
    }

    private static JoinGroupRequestData join(String group, byte[] metadata) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId("")
                .setSessionTimeoutMs(300_000)
                .setRebalanceTimeoutMs(300_000)
                .setProtocolType("consumer");
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(metadata));
        return request;
    }

    @Test
    void groupsOfLargeMembersAreBoundedTogether() throws IOException {
        byte[] metadata = new byte[1_000_000];
        for (int group = 0; group < 9; group++) {
            for (int member = 0; member < 16; member++) {
                // No answer is waited for: it comes when the group's first rebalance ends.
                open().send(framed(ApiKeys.JOIN_GROUP, JOIN_VERSION, join("large-" + group, metadata)));
            }
            bystander.mustGoOn(2);
        }
        JoinGroupResponseData refused = new JoinGroupResponseData(
                open().call(ApiKeys.JOIN_GROUP, JOIN_VERSION, join("large-9", metadata)), JOIN_VERSION);
        assertThat(Errors.forCode(refused.errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        RawConnection asks = open();
        DescribeGroupsRequestData all = new DescribeGroupsRequestData()
                .setGroups(IntStream.range(0, 9).mapToObj(i -> "large-" + i).toList());
        for (int i = 0; i < 20; i++) {
            asks.send(framed(ApiKeys.DESCRIBE_GROUPS, (short) 5, all));
        }
        bystander.mustGoOn(20);
    }

    @Test
    void subscriptionsToThousandsOfTopicsAreBoundedTogether() throws IOException {
        int names = 40_000;
        ByteBuffer metadata = ByteBuffer.allocate(14 + names * 8);
        metadata.putShort((short) 1).putInt(names);
        for (int i = 0; i < names; i++) {
            metadata.putShort((short) 6)
                    .put(String.format("%06d", i).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        metadata.putInt(-1).putInt(0);
        for (int group = 0; group < 100; group++) {
            open().send(framed(ApiKeys.JOIN_GROUP, JOIN_VERSION, join("wide-" + group, metadata.array())));
        }
        bystander.mustGoOn(20);
    }

    private static OffsetCommitRequestData commit(String group, String note) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setGenerationIdOrMemberEpoch(-1)
                .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                        .setName(WIDE)
                        .setPartitions(IntStream.range(0, PARTITIONS)
                                .mapToObj(index -> new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                        .setPartitionIndex(index)
                                        .setCommittedOffset(1)
                                        .setCommittedMetadata(note))
                                .toList())));
    }

    private static Errors commit(RawConnection connection, OffsetCommitRequestData request) throws IOException {
        OffsetCommitResponseData answer = new OffsetCommitResponseData(
                connection.call(ApiKeys.OFFSET_COMMIT, COMMIT_VERSION, request), COMMIT_VERSION);
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    @Test
    void offsetsWithMetadataAreBoundedTogether() throws IOException {
        RawConnection connection = open();
        Set<Errors> seen = EnumSet.noneOf(Errors.class);
        for (int i = 0; i < 200; i++) {
            seen.add(commit(connection, commit("notes-" + i, "x".repeat(4_000))));
        }
        assertThat(seen).containsExactlyInAnyOrder(Errors.NONE, Errors.COORDINATOR_NOT_AVAILABLE);
        bystander.mustGoOn(20);
    }

    @Test
    void allOffsetsOfOneGroupAskedForManyTimesInOneRequestAreToldOnce() throws IOException {
        RawConnection connection = open();
        assertThat(commit(connection, commit("many", ""))).isEqualTo(Errors.NONE);
        OffsetFetchRequestData request = new OffsetFetchRequestData()
                .setGroups(IntStream.range(0, 20_000)
                        .mapToObj(i -> new OffsetFetchRequestData.OffsetFetchRequestGroup()
                                .setGroupId("many")
                                .setMemberId("m" + i)
                                .setTopics(null))
                        .toList());
        connection.call(ApiKeys.OFFSET_FETCH, OFFSET_FETCH_VERSION, request);
        bystander.mustGoOn(20);
    }

    @Test
    void groupsThatNobodyComesBackToAreBounded() throws IOException {
        RawConnection connection = open();
        Set<Errors> seen = EnumSet.noneOf(Errors.class);
        short version = 5;
        String name = String.join("", Collections.nCopies(2_000, "g"));
        for (int i = 0; i < 30_000 && !seen.contains(Errors.COORDINATOR_NOT_AVAILABLE); i++) {
            JoinGroupResponseData answer = new JoinGroupResponseData(
                    connection.call(ApiKeys.JOIN_GROUP, version, join(name + i, new byte[10])), version);
            seen.add(Errors.forCode(answer.errorCode()));
        }
        assertThat(seen).containsExactlyInAnyOrder(Errors.MEMBER_ID_REQUIRED, Errors.COORDINATOR_NOT_AVAILABLE);
        connection.send(framed(ApiKeys.LIST_GROUPS, (short) 4, new ListGroupsRequestData()));
        bystander.mustGoOn(20);
    }

    @Test
    void consumerGroupsOfThousandsOfTopicsAreBounded() throws IOException {
        RawConnection connection = open();
        Set<Errors> seen = EnumSet.noneOf(Errors.class);
        List<String> topics =
                IntStream.range(0, 9_000).mapToObj(i -> "topic-" + i).toList();
        short version = 1;
        for (int i = 0; i < 300; i++) {
            ConsumerGroupHeartbeatRequestData request = new ConsumerGroupHeartbeatRequestData()
                    .setGroupId("consumers-" + i)
                    .setMemberId("member-" + i)
                    .setMemberEpoch(0)
                    .setRebalanceTimeoutMs(30_000)
                    .setSubscribedTopicNames(topics)
                    .setTopicPartitions(List.of());
            ConsumerGroupHeartbeatResponseData answer = new ConsumerGroupHeartbeatResponseData(
                    connection.call(ApiKeys.CONSUMER_GROUP_HEARTBEAT, version, request), version);
            seen.add(Errors.forCode(answer.errorCode()));
        }
        assertThat(seen).containsExactlyInAnyOrder(Errors.NONE, Errors.COORDINATOR_NOT_AVAILABLE);
        bystander.mustGoOn(20);
    }
}
