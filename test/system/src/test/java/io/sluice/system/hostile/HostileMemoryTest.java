package io.sluice.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.RawConnection;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that want a small broker's memory for themselves: they do not read, do not finish, or have it remember more
 * and more. Each test has a broker of its own, since what it is made to remember stays.
 */
class HostileMemoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final short FETCH_VERSION = 11;
    private static final long RESIDENT_BYTES_MAX = 420L << 20;
    private static final int PARTITIONS = 200;
    private static final String WIDE = "wide";

    private final List<RawConnection> open = new ArrayList<>();
    private BrokerProcess broker;
    private Bystander bystander;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Target.current() == Target.SLUICE, "not run: Kafka does not survive this");
        broker = BrokerProcess.start(BrokerSpec.fresh("memory").heap("128m"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(WIDE, PARTITIONS, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        bystander = new Bystander(broker);
        bystander.mustGoOn(1);
    }

    @AfterEach
    void brokerIsWell() throws Exception {
        if (broker == null) {
            return; // not run
        }
        try {
            assertThat(broker.alive()).isTrue();
            bystander.mustGoOn(10);
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

    private static byte[] framed(ApiKeys api, short version, org.apache.kafka.common.protocol.ApiMessage request) {
        ByteBuffer body = RawConnection.encode(api, version, 1, request);
        return ByteBuffer.allocate(4 + body.remaining())
                .putInt(body.remaining())
                .put(body)
                .array();
    }

    /** 30 KB in each partition: less than what is worth a system call of its own when it is sent. */
    private void fillWide() throws IOException {
        byte[] value = new byte[30_000];
        new java.util.Random(1).nextBytes(value);
        RawBatch batch = RawBatch.of(0, 1, RawBatch.record(0, value));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(WIDE)
                        .setPartitionData(IntStream.range(0, PARTITIONS)
                                .mapToObj(index -> new ProduceRequestData.PartitionProduceData()
                                        .setIndex(index)
                                        .setRecords(MemoryRecords.readableRecords(batch.bytes())))
                                .toList()));
        open().call(ApiKeys.PRODUCE, RawProduce.VERSION, request);
    }

    private static FetchRequestData fetch(String topic, int partitions, int maxWaitMs, long offset) {
        return new FetchRequestData()
                .setMaxWaitMs(maxWaitMs)
                .setMinBytes(1)
                .setMaxBytes(50 << 20)
                .setSessionId(0)
                .setSessionEpoch(-1)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(topic)
                        .setPartitions(IntStream.range(0, partitions)
                                .mapToObj(index -> new FetchRequestData.FetchPartition()
                                        .setPartition(index)
                                        .setFetchOffset(offset)
                                        .setPartitionMaxBytes(1 << 20))
                                .toList())));
    }

    @Test
    void answersOfManySmallPartsThatNobodyReadsDoNotPileUp() throws IOException {
        fillWide();
        byte[] frame = framed(ApiKeys.FETCH, FETCH_VERSION, fetch(WIDE, PARTITIONS, 0, 0));
        for (int i = 0; i < 60; i++) {
            open().send(frame);
        }
        bystander.mustGoOn(20);
    }

    @Test
    void pipelinedFetchesThatNobodyReadsAreHeldBack() throws IOException {
        fillWide();
        byte[] frame = framed(ApiKeys.FETCH, FETCH_VERSION, fetch(WIDE, 2, 0, 0));
        byte[] many = new byte[frame.length * 100];
        for (int i = 0; i < 100; i++) {
            System.arraycopy(frame, 0, many, i * frame.length, frame.length);
        }
        for (int i = 0; i < 200; i++) {
            open().sendWithoutWaiting(many, 200, Duration.ofMillis(50));
        }
        bystander.mustGoOn(20);
    }

    @Test
    void largeAnswersThatNobodyReadsDoNotPileUp() throws IOException {
        byte[] frame = framed(ApiKeys.METADATA, (short) 9, new MetadataRequestData().setTopics(null));
        byte[] many = new byte[frame.length * 90];
        for (int i = 0; i < 90; i++) {
            System.arraycopy(frame, 0, many, i * frame.length, frame.length);
        }
        for (int i = 0; i < 500; i++) {
            open().send(many);
        }
        bystander.mustGoOn(20);
    }

    @Test
    void largeHalfSentFramesLeaveRoomForOthers() throws IOException {
        byte[] half = new byte[8 << 20];
        ByteBuffer.wrap(half).putInt(16 << 20).putShort(ApiKeys.PRODUCE.id).putShort(RawProduce.VERSION);
        for (int i = 0; i < 12; i++) {
            open().sendWithoutWaiting(half, 1, Duration.ofMillis(500));
        }
        bystander.mustGoOn(50);
    }

    @Test
    void fetchSessionsOfPartitionsThatDoNotExistAreNotRemembered() throws IOException {
        for (int i = 0; i < 60; i++) {
            RawConnection connection = open();
            FetchRequestData request = fetch("nothing-" + i, 30_000, 0, 0).setSessionEpoch(0);
            FetchResponseData answer =
                    new FetchResponseData(connection.call(ApiKeys.FETCH, FETCH_VERSION, request), FETCH_VERSION);
            assertThat(answer.responses()).hasSize(1);
        }
    }

    @Test
    void aFetchThatNamesOnePartitionOverAndOverWaitsForItOnce() throws IOException {
        FetchRequestData request = fetch(WIDE, 1, 600_000, 0);
        FetchRequestData.FetchPartition one =
                request.topics().get(0).partitions().get(0);
        request.topics().get(0).setPartitions(java.util.Collections.nCopies(30_000, one));
        byte[] frame = framed(ApiKeys.FETCH, FETCH_VERSION, request);
        for (int i = 0; i < 60; i++) {
            open().send(frame);
        }
        bystander.mustGoOn(20);
    }

    @Test
    void waitingFetchesOfEverythingAreBoundedTogether() throws IOException {
        byte[] frame = framed(ApiKeys.FETCH, FETCH_VERSION, fetch(WIDE, PARTITIONS, 600_000, 0));
        for (int i = 0; i < 1_500; i++) {
            open().send(frame);
        }
        bystander.mustGoOn(20);
    }

    @Test
    void requestsBehindOneThatWaitsDoNotPinTheBuffersTheyCameIn() throws IOException {
        byte[] waits = framed(ApiKeys.FETCH, FETCH_VERSION, fetch(WIDE, 1, 600_000, 0));
        byte[] tiny = framed(ApiKeys.METADATA, (short) 9, new MetadataRequestData().setTopics(List.of()));
        for (int i = 0; i < 300; i++) {
            open().send(waits);
        }
        for (int round = 0; round < 90; round++) {
            for (int i = 0; i < 300; i++) {
                open.get(i).send(tiny);
            }
        }
        bystander.mustGoOn(20);
    }

    @Test
    void settingsOfThousandsOfGroupsInOneRequestAreRefused() throws IOException {
        DescribeConfigsRequestData request = new DescribeConfigsRequestData()
                .setIncludeDocumentation(true)
                .setIncludeSynonyms(true)
                .setResources(IntStream.range(0, 80_000)
                        .mapToObj(i -> new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType((byte) 32)
                                .setResourceName("g" + i)
                                .setConfigurationKeys(null))
                        .toList());
        byte[] frame = framed(ApiKeys.DESCRIBE_CONFIGS, (short) 4, request);
        for (int i = 0; i < 4; i++) {
            open().send(frame);
        }
        bystander.mustGoOn(20);
    }

    @Test
    void topicsInventedByNamingThemAreBounded() throws IOException {
        for (int k = 0; k < 12; k++) {
            int client = k;
            MetadataRequestData request = new MetadataRequestData()
                    .setAllowAutoTopicCreation(true)
                    .setTopics(IntStream.range(0, 30_000)
                            .mapToObj(i -> new MetadataRequestData.MetadataRequestTopic()
                                    .setName("invented-" + client + "-" + i))
                            .toList());
            open().send(framed(ApiKeys.METADATA, (short) 9, request));
        }
        bystander.mustGoOn(20);
    }

    @Test
    void tenThousandConnectionsThatComeAndGoDisturbNobody() throws IOException {
        for (int i = 0; i < 10_000; i++) {
            try (RawConnection connection = RawConnection.open(broker.port(), PATIENCE)) {
                if (i % 7 == 0) {
                    connection.send(new byte[] {0, 0, 1});
                }
            } catch (SocketException refused) {
                assertThat(broker.alive()).isTrue();
            }
        }
        bystander.mustGoOn(20);
    }

    @Test
    void producersMadeUpByOneClientAreForgotten() throws IOException {
        int perRound = 100;
        RawConnection connection = open();
        for (int id = 1; id < 120_000; id += perRound) {
            for (int i = 0; i < perRound; i++) {
                RawBatch batch = RawBatch.plain("x").producer(id + i, 0, 0);
                connection.send(framed(ApiKeys.PRODUCE, RawProduce.VERSION, RawProduce.request(WIDE, batch)));
            }
            for (int i = 0; i < perRound; i++) {
                connection.readFrame();
            }
        }
        DescribeProducersRequestData request = new DescribeProducersRequestData()
                .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                        .setName(WIDE)
                        .setPartitionIndexes(List.of(0))));
        DescribeProducersResponseData answer = new DescribeProducersResponseData(
                connection.call(ApiKeys.DESCRIBE_PRODUCERS, (short) 0, request), (short) 0);
        assertThat(answer.topics().get(0).partitions().get(0).activeProducers()).hasSizeBetween(1, 50_000);
    }

    @Test
    void thousandsOfMembersAndGroupsDisturbNobody() throws IOException {
        awaitCoordinator();
        RawConnection connection = open();
        for (int i = 0; i < 4_000; i++) {
            // Members that have no id yet: the group waits for each to come back with the one it is given.
            join(connection, "crowd", i);
            join(connection, "lonely-" + i, i);
        }
        bystander.mustGoOn(20);
    }

    private void awaitCoordinator() throws IOException {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKey("crowd");
        RawConnection connection = open();
        Awaitility.await("a coordinator is there")
                .atMost(PATIENCE)
                .until(() -> new FindCoordinatorResponseData(
                                        connection.call(ApiKeys.FIND_COORDINATOR, (short) 0, request), (short) 0)
                                .errorCode()
                        == 0);
    }

    private static void join(RawConnection connection, String group, int number) throws IOException {
        short version = 5;
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId("")
                .setSessionTimeoutMs(30_000)
                .setRebalanceTimeoutMs(30_000)
                .setProtocolType("consumer");
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[100]));
        JoinGroupResponseData answer =
                new JoinGroupResponseData(connection.call(ApiKeys.JOIN_GROUP, version, request), version);
        assertThat(Errors.forCode(answer.errorCode()))
                .as("member %d of %s", number, group)
                .isIn(Errors.MEMBER_ID_REQUIRED, Errors.GROUP_MAX_SIZE_REACHED);
    }
}
