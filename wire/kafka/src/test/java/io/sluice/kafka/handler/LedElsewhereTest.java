package io.sluice.kafka.handler;

import static io.sluice.kafka.handler.SpreadCluster.ELSEWHERE;
import static io.sluice.kafka.handler.SpreadCluster.FOLLOWED;
import static io.sluice.kafka.handler.SpreadCluster.LED_HERE;
import static io.sluice.kafka.handler.SpreadCluster.OTHER;
import static io.sluice.kafka.handler.SpreadCluster.THIRD;
import static io.sluice.kafka.handler.SpreadCluster.TOPIC;
import static io.sluice.kafka.handler.SpreadCluster.TOPIC_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Requests for partitions that another broker leads: their clients are sent to the leader, never told that nothing is. */
class LedElsewhereTest {
    private static final List<Integer> NOT_LED_HERE = List.of(ELSEWHERE, FOLLOWED);

    private static SpreadCluster cluster;
    private static WireClient client;

    @BeforeAll
    static void start() throws Exception {
        cluster = new SpreadCluster();
        client = cluster.client;
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    private interface VersionTest {
        void run(int version) throws Exception;
    }

    private static Stream<DynamicTest> inVersions(ApiKeys api, VersionTest test) {
        return IntStream.rangeClosed(api.oldestVersion(), api.latestVersion())
                .mapToObj(version -> DynamicTest.dynamicTest(api + " v" + version, () -> test.run(version)));
    }

    private static int leaderOf(int partition) {
        return partition == ELSEWHERE ? OTHER : THIRD;
    }

    private static int epochOf(int partition) {
        return partition == ELSEWHERE ? 6 : 7;
    }

    private static ProduceRequestData produce(int version, int partition) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[] {1}));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(version < 13 ? TOPIC : "")
                        .setTopicId(version < 13 ? Uuid.ZERO_UUID : TopicIds.toWire(TOPIC_ID))
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(records))));
        return request;
    }

    @TestFactory
    Stream<DynamicTest> produceIsToldTheLeader() {
        return inVersions(ApiKeys.PRODUCE, version -> {
            for (int partition : NOT_LED_HERE) {
                ProduceResponseData answer = client.ask(ApiKeys.PRODUCE, version, produce(version, partition));
                ProduceResponseData.PartitionProduceResponse told = answer.responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .get(0);
                assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
                boolean hinted = version >= 10;
                assertThat(told.currentLeader().leaderId()).isEqualTo(hinted ? leaderOf(partition) : -1);
                assertThat(told.currentLeader().leaderEpoch()).isEqualTo(hinted ? epochOf(partition) : -1);
                assertThat(answer.nodeEndpoints().stream()
                                .map(node -> node.nodeId() + "@" + node.host() + ":" + node.port() + "/" + node.rack()))
                        .isEqualTo(hinted ? List.of(SpreadCluster.addressOf(leaderOf(partition))) : List.of());
            }
        });
    }

    @Test
    void produceToAPartitionLedHereIsToldOfNobody() throws Exception {
        ProduceResponseData answer = client.ask(ApiKeys.PRODUCE, 13, produce(13, LED_HERE));
        ProduceResponseData.PartitionProduceResponse told =
                answer.responses().iterator().next().partitionResponses().get(0);
        assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.NONE);
        assertThat(told.currentLeader().leaderId()).isEqualTo(-1);
        assertThat(answer.nodeEndpoints()).isEmpty();
    }

    private static FetchRequestData fetch(int version, int partition, int leaderEpoch) {
        return new FetchRequestData()
                .setMaxWaitMs(10_000)
                .setMinBytes(1)
                .setMaxBytes(1_000)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(version < 13 ? TOPIC : "")
                        .setTopicId(version < 13 ? Uuid.ZERO_UUID : TopicIds.toWire(TOPIC_ID))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(partition)
                                .setCurrentLeaderEpoch(leaderEpoch)
                                .setPartitionMaxBytes(1_000)))));
    }

    @TestFactory
    Stream<DynamicTest> fetchIsToldTheLeader() {
        return inVersions(ApiKeys.FETCH, version -> {
            // From version 11 on a follower serves consumers itself (KIP-392).
            for (int partition : version < 11 ? NOT_LED_HERE : List.of(ELSEWHERE)) {
                FetchResponseData answer = client.ask(ApiKeys.FETCH, version, fetch(version, partition, -1));
                FetchResponseData.PartitionData told =
                        answer.responses().get(0).partitions().get(0);
                assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
                boolean hinted = version >= 16;
                assertThat(told.currentLeader().leaderId()).isEqualTo(hinted ? leaderOf(partition) : -1);
                assertThat(told.currentLeader().leaderEpoch()).isEqualTo(hinted ? epochOf(partition) : -1);
                assertThat(answer.nodeEndpoints().stream()
                                .map(node -> node.nodeId() + "@" + node.host() + ":" + node.port() + "/" + node.rack()))
                        .isEqualTo(hinted ? List.of(SpreadCluster.addressOf(leaderOf(partition))) : List.of());
            }
        });
    }

    @Test
    void fetchThatKnowsAnOlderLeaderIsToldTheNewOne() throws Exception {
        FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, fetch(17, LED_HERE, 4));
        FetchResponseData.PartitionData told =
                answer.responses().get(0).partitions().get(0);
        assertThat(Errors.forCode(told.errorCode())).isEqualTo(Errors.FENCED_LEADER_EPOCH);
        assertThat(told.currentLeader().leaderId()).isEqualTo(TestBroker.ID);
        assertThat(told.currentLeader().leaderEpoch()).isEqualTo(5);
    }

    @Test
    void offsetsAreAskedOfTheLeader() throws Exception {
        for (int partition : NOT_LED_HERE) {
            ListOffsetsRequestData request = new ListOffsetsRequestData()
                    .setReplicaId(-1)
                    .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                            .setName(TOPIC)
                            .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                    .setPartitionIndex(partition)
                                    .setTimestamp(-1)))));
            ListOffsetsResponseData answer = client.ask(ApiKeys.LIST_OFFSETS, 10, request);
            assertNotLeader(answer.topics().get(0).partitions().get(0).errorCode());
        }
    }

    @Test
    void epochEndsAreAskedOfTheLeader() throws Exception {
        for (int partition : NOT_LED_HERE) {
            OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
            request.topics()
                    .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                            .setTopic(TOPIC)
                            .setPartitions(List.of(new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition()
                                    .setPartition(partition)
                                    .setLeaderEpoch(1))));
            OffsetForLeaderEpochResponseData answer = client.ask(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request);
            assertNotLeader(
                    answer.topics().iterator().next().partitions().get(0).errorCode());
        }
    }

    @Test
    void recordsAreDeletedByTheLeader() throws Exception {
        for (int partition : NOT_LED_HERE) {
            DeleteRecordsRequestData request = new DeleteRecordsRequestData()
                    .setTimeoutMs(1_000)
                    .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                            .setName(TOPIC)
                            .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                    .setPartitionIndex(partition)
                                    .setOffset(0)))));
            DeleteRecordsResponseData answer = client.ask(ApiKeys.DELETE_RECORDS, 2, request);
            assertNotLeader(answer.topics()
                    .iterator()
                    .next()
                    .partitions()
                    .iterator()
                    .next()
                    .errorCode());
        }
    }

    @Test
    void producersAreDescribedByTheLeader() throws Exception {
        for (int partition : NOT_LED_HERE) {
            DescribeProducersRequestData request = new DescribeProducersRequestData()
                    .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                            .setName(TOPIC)
                            .setPartitionIndexes(List.of(partition))));
            DescribeProducersResponseData answer = client.ask(ApiKeys.DESCRIBE_PRODUCERS, 0, request);
            assertNotLeader(answer.topics().get(0).partitions().get(0).errorCode());
        }
    }

    @Test
    void partitionThatTheTopicDoesNotHaveIsUnknown() throws Exception {
        FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, fetch(17, 77, -1));
        assertThat(Errors.forCode(answer.responses().get(0).partitions().get(0).errorCode()))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void groupIsServedByItsCoordinator() throws Exception {
        HeartbeatResponseData answer = client.ask(
                ApiKeys.HEARTBEAT,
                4,
                new HeartbeatRequestData().setGroupId("g").setMemberId("m").setGenerationId(1));
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NOT_COORDINATOR);
    }

    private static void assertNotLeader(short code) {
        assertThat(Errors.forCode(code)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }
}
