package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.PartitionImage;
import io.sluice.engine.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two brokers, of which one copies from the other over sockets. */
class ReplicationTest {
    private static final long TIMEOUT_S = 20;
    private static final int ONE = 1;
    private static final int TWO = 2;
    private static final String TOPIC = "copied";
    private static final UUID TOPIC_ID = new UUID(9, 9);
    private static final int PARTITIONS = 4;

    private final ScriptedCluster clusterOfOne = new ScriptedCluster(ONE);
    private final ScriptedCluster clusterOfTwo = new ScriptedCluster(TWO);
    private TestBroker one;
    private TestBroker two;

    @BeforeEach
    void start() throws Exception {
        one = TestBroker.following(
                clusterOfOne,
                Map.of("replica.selector.class", "org.apache.kafka.common.replica.RackAwareReplicaSelector"));
        two = TestBroker.following(clusterOfTwo);
        clusterOfOne.register(TWO, new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", two.port()));
        clusterOfTwo.register(ONE, new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", one.port()));
    }

    @AfterEach
    void stop() throws Exception {
        two.close();
        one.close();
    }

    private static PartitionImage[] led(int leader, int leaderEpoch, int... inSync) {
        PartitionImage[] partitions = new PartitionImage[PARTITIONS];
        for (int i = 0; i < PARTITIONS; i++) {
            partitions[i] =
                    new PartitionImage(leader, leaderEpoch, BrokerIds.of(ONE, TWO), BrokerIds.of(inSync), leaderEpoch);
        }
        return partitions;
    }

    private void publish(ImageEvent event) throws Exception {
        clusterOfOne.publish(event);
        clusterOfTwo.publish(event);
        one.awaitReady();
        two.awaitReady();
    }

    private void create(PartitionImage... partitions) throws Exception {
        publish(new ImageEvent.TopicCreated(ScriptedCluster.topic(TOPIC, TOPIC_ID, partitions)));
    }

    private void change(PartitionImage... partitions) throws Exception {
        publish(new ImageEvent.TopicChanged(ScriptedCluster.topic(TOPIC, TOPIC_ID, partitions)));
    }

    private static ProduceRequestData produceOf(int partition, String value) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(20_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(MemoryRecords.withRecords(
                                        Compression.NONE, new SimpleRecord(value.getBytes()))))));
        return request;
    }

    private static Errors produce(TestBroker to, int partition, String value) throws Exception {
        return produce(to, partition, value, 20_000);
    }

    private static Errors produce(TestBroker to, int partition, String value, int timeoutMs) throws Exception {
        try (WireClient client = to.connect()) {
            ProduceResponseData answer =
                    client.ask(ApiKeys.PRODUCE, 13, produceOf(partition, value).setTimeoutMs(timeoutMs));
            return Errors.forCode(answer.responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        }
    }

    private static FetchResponseData.PartitionData fetch(TestBroker from, String rack, long offset) throws Exception {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setRackId(rack)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setFetchOffset(offset)
                                .setPartitionMaxBytes(1 << 20)))));
        try (WireClient client = from.connect()) {
            FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, request);
            return answer.responses().get(0).partitions().get(0);
        }
    }

    private void awaitHighWatermark(TestBroker of, long offset) {
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS).until(() -> partition(of, 0).highWatermark() == offset);
    }

    private static List<String> values(TestBroker of, int partition) throws Exception {
        return values(of, partition, FetchRequest.ORDINARY_CONSUMER_ID);
    }

    private static List<String> values(TestBroker of, int partition, int replicaId) throws Exception {
        FetchRequestData request = new FetchRequestData()
                .setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(replicaId))
                .setMaxWaitMs(replicaId == FetchRequest.DEBUGGING_CONSUMER_ID ? 60_000 : 0)
                .setMinBytes(replicaId == FetchRequest.DEBUGGING_CONSUMER_ID ? 1 << 20 : 0)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(partition)
                                .setPartitionMaxBytes(1 << 20)))));
        try (WireClient client = of.connect()) {
            FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, request);
            List<String> values = new ArrayList<>();
            for (Record record : ((MemoryRecords)
                            answer.responses().get(0).partitions().get(0).records())
                    .records()) {
                byte[] value = new byte[record.valueSize()];
                record.value().get(value);
                values.add(new String(value));
            }
            return values;
        }
    }

    private static ListOffsetsPartitionResponse end(TestBroker of, int partition, int replicaId) throws Exception {
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(replicaId)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(ListOffsetsRequest.LATEST_TIMESTAMP)))));
        try (WireClient client = of.connect()) {
            ListOffsetsResponseData answer = client.ask(ApiKeys.LIST_OFFSETS, 9, request);
            return answer.topics().get(0).partitions().get(0);
        }
    }

    private static Partition partition(TestBroker of, int index) {
        Partition found = of.engine().partitions().find(TOPIC, index);
        assertThat(found).isNotNull();
        return found;
    }

    private static void awaitEnd(TestBroker of, int index, long end) {
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .until(() -> partition(of, index).log().endOffset() == end);
    }

    @Test
    void recordIsAcknowledgedOnceTheFollowerHasIt() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        for (int i = 0; i < PARTITIONS; i++) {
            assertThat(produce(one, i, "first " + i)).isEqualTo(Errors.NONE);
            assertThat(partition(two, i).log().endOffset()).isEqualTo(1);
        }
    }

    @Test
    void produceThatReplicasDoNotHaveInTimeIsAnsweredSo() throws Exception {
        clusterOfOne.publish(
                new ImageEvent.TopicCreated(ScriptedCluster.topic(TOPIC, TOPIC_ID, led(ONE, 1, ONE, TWO))));
        one.awaitReady();
        assertThat(produce(one, 0, "a", 100)).isEqualTo(Errors.REQUEST_TIMED_OUT);
        clusterOfTwo.publish(
                new ImageEvent.TopicCreated(ScriptedCluster.topic(TOPIC, TOPIC_ID, led(ONE, 1, ONE, TWO))));
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .until(() -> partition(one, 0).highWatermark() == 1);
    }

    @Test
    void followerHearsOfTheHighWatermark() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        produce(one, 0, "a");
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .until(() -> partition(two, 0).highWatermark() == 1);
    }

    @Test
    void followerServesConsumersWhatItKnowsToBeCommitted() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        produce(one, 0, "a");
        awaitHighWatermark(two, 1);
        assertThat(values(two, 0)).containsExactly("a");
        assertThat(fetch(two, "r2", 0).preferredReadReplica()).isEqualTo(-1);
        assertThat(Errors.forCode(fetch(two, "", 5).errorCode())).isEqualTo(Errors.OFFSET_NOT_AVAILABLE);
        assertThat(Errors.forCode(fetch(one, "", 5).errorCode())).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void consumersThatKnowNothingOfFollowersAreServedByTheLeaderOnly() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        produce(one, 0, "a");
        awaitHighWatermark(two, 1);
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(TOPIC)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setPartitionMaxBytes(1 << 20)))));
        try (WireClient client = two.connect()) {
            FetchResponseData answer = client.ask(ApiKeys.FETCH, 10, request);
            assertThat(Errors.forCode(
                            answer.responses().get(0).partitions().get(0).errorCode()))
                    .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        }
    }

    @Test
    void consumerIsSentToTheReplicaInSyncInItsRack() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        produce(one, 0, "a");
        FetchResponseData.PartitionData sent = fetch(one, "r2", 0);
        assertThat(sent.preferredReadReplica()).isEqualTo(TWO);
        assertThat(sent.records().sizeInBytes()).isZero();
        for (String rack : List.of("", "r1", "elsewhere")) {
            FetchResponseData.PartitionData served = fetch(one, rack, 0);
            assertThat(served.preferredReadReplica()).as("rack " + rack).isEqualTo(-1);
            assertThat(served.records().sizeInBytes()).isPositive();
        }
        change(led(ONE, 2, ONE));
        assertThat(fetch(one, "r2", 0).preferredReadReplica())
                .as("it is not in sync")
                .isEqualTo(-1);
    }

    @Test
    void replicasAreServedOnTheListenerForBrokersOnly() throws Exception {
        try (TestBroker forClients = TestBroker.start(Map.of());
                WireClient client = forClients.connect()) {
            FetchRequestData request =
                    new FetchRequestData().setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(TWO));
            FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, request);
            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        }
    }

    @Test
    void brokerWithoutAReplicaDoesNotReadAsOne() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(0)
                .setReplicaState(
                        new FetchRequestData.ReplicaState().setReplicaId(3).setReplicaEpoch(103))
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setCurrentLeaderEpoch(1)
                                .setPartitionMaxBytes(1 << 20)))));
        try (WireClient client = one.connect()) {
            FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, request);
            assertThat(Errors.forCode(
                            answer.responses().get(0).partitions().get(0).errorCode()))
                    .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        }
    }

    @Test
    void r4WhatAReplicaSaidWhenItsFetchCameIsNoNewsWhenItIsReadAgain() throws Exception {
        clusterOfOne.publish(
                new ImageEvent.TopicCreated(ScriptedCluster.topic(TOPIC, TOPIC_ID, led(ONE, 1, ONE, TWO))));
        one.awaitReady();
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs((int) TimeUnit.SECONDS.toMillis(TIMEOUT_S))
                .setMinBytes(1)
                .setReplicaState(
                        new FetchRequestData.ReplicaState().setReplicaId(TWO).setReplicaEpoch(100 + TWO))
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(0)
                                .setCurrentLeaderEpoch(1)
                                .setPartitionMaxBytes(1 << 20)))));
        try (WireClient waiting = one.connect();
                WireClient producer = one.connect()) {
            waiting.send(ApiKeys.FETCH, 17, request);
            awaitNearest(TWO); // its fetch has come
            PartitionImage removedAndAdded =
                    new PartitionImage(ONE, 1, BrokerIds.of(ONE, TWO), BrokerIds.of(ONE, TWO), 3);
            clusterOfOne.publish(new ImageEvent.PartitionsChanged(TOPIC_ID, new TreeMap<>(Map.of(0, removedAndAdded))));
            awaitNearest(-1);
            producer.ask(ApiKeys.PRODUCE, 13, produceOf(0, "a").setAcks((short) 1));
            FetchResponseData answer = waiting.receive(ApiKeys.FETCH, 17);
            assertThat(answer.responses().get(0).partitions().get(0).records().sizeInBytes())
                    .isPositive();
        }
        assertThat(fetch(one, "r2", 0).preferredReadReplica())
                .as("its log may have been deleted meanwhile")
                .isEqualTo(-1);
    }

    private void awaitNearest(int broker) {
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .until(() -> fetch(one, "r2", 0).preferredReadReplica() == broker);
    }

    @Test
    void newLeaderGoesOnWithWhatWasAcknowledged() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        produce(one, 0, "a");
        produce(one, 0, "b");
        change(led(TWO, 2, ONE, TWO));
        assertThat(produce(two, 0, "c")).isEqualTo(Errors.NONE);
        assertThat(values(two, 0)).containsExactly("a", "b", "c");
        awaitEnd(one, 0, 3);
        assertThat(produce(one, 0, "d")).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void followerShowsWhatItHasToADebuggingConsumerAndToNoOther() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        produce(one, 0, "a");
        produce(one, 0, "b");

        assertThat(values(two, 0, FetchRequest.DEBUGGING_CONSUMER_ID)).containsExactly("a", "b");
        assertThat(end(two, 0, ListOffsetsRequest.DEBUGGING_REPLICA_ID).offset())
                .isEqualTo(2);
        assertThat(Errors.forCode(
                        end(two, 0, ListOffsetsRequest.CONSUMER_REPLICA_ID).errorCode()))
                .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void debuggingConsumerIsShownWhatIsNotCommitted() throws Exception {
        clusterOfOne.publish(
                new ImageEvent.TopicCreated(ScriptedCluster.topic(TOPIC, TOPIC_ID, led(ONE, 1, ONE, TWO))));
        one.awaitReady();
        try (WireClient client = one.connect()) {
            client.ask(ApiKeys.PRODUCE, 13, produceOf(0, "broker two lacks it").setAcks((short) 1));
        }

        assertThat(values(one, 0)).isEmpty();
        assertThat(values(one, 0, FetchRequest.DEBUGGING_CONSUMER_ID)).containsExactly("broker two lacks it");
        assertThat(end(one, 0, ListOffsetsRequest.DEBUGGING_REPLICA_ID).offset())
                .isEqualTo(1);
    }

    @Test
    void r7_followerCutsOffWhatTheNewLeaderDoesNotHave() throws Exception {
        // Broker two still believes in an older state in which nobody leads, so it fetches nothing.
        clusterOfTwo.publish(new ImageEvent.TopicCreated(
                ScriptedCluster.topic(TOPIC, TOPIC_ID, led(PartitionImage.NO_LEADER, 0, ONE))));
        clusterOfOne.publish(new ImageEvent.TopicCreated(ScriptedCluster.topic(TOPIC, TOPIC_ID, led(ONE, 1, ONE))));
        one.awaitReady();
        two.awaitReady();
        assertThat(produce(one, 0, "only here")).isEqualTo(Errors.NONE);
        change(led(TWO, 2, TWO)); // as after an unclean election
        assertThat(produce(two, 0, "kept")).isEqualTo(Errors.NONE);
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .until(() -> partition(one, 0).log().latestEpoch() == 2);
        change(led(ONE, 3, ONE, TWO));
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(values(one, 0)).containsExactly("kept"));
    }

    @Test
    void largeBatchesAreCopiedWhole() throws Exception {
        create(led(ONE, 1, ONE, TWO));
        String large = "x".repeat(900_000);
        for (int i = 0; i < 5; i++) {
            assertThat(produce(one, 0, large)).isEqualTo(Errors.NONE);
        }
        change(led(TWO, 2, ONE, TWO));
        await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(partition(two, 0).highWatermark()).isEqualTo(5));
    }
}
