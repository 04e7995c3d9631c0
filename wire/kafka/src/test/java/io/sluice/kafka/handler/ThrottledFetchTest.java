package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A leader that keeps a rate (KIP-73); the follower is the test. */
@Timeout(60)
class ThrottledFetchTest {
    private static final int LEADER = 1;
    private static final int FOLLOWER = 2;
    private static final long FOLLOWERS_EPOCH = 100 + FOLLOWER;
    private static final UUID TOPIC_ID = new UUID(9, 9);
    private static final int VALUE_BYTES = 16_000;
    private static final int BATCHES = 3;
    /** Far beyond what the tests take: a fetch that nothing wakes waits for so long. */
    private static final Duration LONG = Duration.ofSeconds(40);

    private static final Duration SOON = Duration.ofSeconds(20);

    private final ScriptedCluster cluster = new ScriptedCluster(LEADER);
    private TestBroker leader;
    private WireClient client;

    @BeforeEach
    void start() throws Exception {
        leader = TestBroker.following(cluster);
        cluster.register(FOLLOWER, new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9));
        client = leader.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        leader.close();
    }

    /** Two partitions with records, of which the first is throttled. */
    private void create(int... inSync) throws Exception {
        PartitionImage alone = new PartitionImage(LEADER, 1, BrokerIds.of(LEADER), BrokerIds.of(LEADER), 1);
        Map<String, String> configs = Map.of("leader.replication.throttled.replicas", "0:" + LEADER);
        cluster.publish(new ImageEvent.TopicCreated(new TopicImage(TOPIC_ID, "moved", configs, List.of(alone, alone))));
        leader.awaitReady();
        for (int i = 0; i < BATCHES; i++) {
            produce(0);
            produce(1);
        }
        PartitionImage moving = new PartitionImage(LEADER, 1, BrokerIds.of(LEADER, FOLLOWER), BrokerIds.of(inSync), 2);
        cluster.publish(
                new ImageEvent.TopicChanged(new TopicImage(TOPIC_ID, "moved", configs, List.of(moving, moving))));
        leader.awaitReady();
    }

    private void produce(int partition) throws Exception {
        ProduceRequestData request = new ProduceRequestData().setAcks((short) 1).setTimeoutMs(20_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(MemoryRecords.withRecords(
                                        Compression.NONE, new SimpleRecord(new byte[VALUE_BYTES]))))));
        ProduceResponseData answer = client.ask(ApiKeys.PRODUCE, 13, request);
        assertThat(Errors.forCode(answer.responses()
                        .iterator()
                        .next()
                        .partitionResponses()
                        .get(0)
                        .errorCode()))
                .isEqualTo(Errors.NONE);
    }

    private void keep(long bytesPerSecond) throws Exception {
        cluster.publish(new ImageEvent.ConfigsChanged(
                ConfigResource.broker(LEADER),
                Map.of("leader.replication.throttled.rate", String.valueOf(bytesPerSecond))));
        leader.awaitReady();
    }

    /** What the follower is given of these partitions, whose records it asks for one batch at a time. */
    private List<PartitionData> fetch(Duration maxWait, long offset, int... partitions) throws Exception {
        FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs((int) maxWait.toMillis())
                .setMinBytes(1)
                .setReplicaState(new FetchRequestData.ReplicaState()
                        .setReplicaId(FOLLOWER)
                        .setReplicaEpoch(FOLLOWERS_EPOCH))
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopicId(TopicIds.toWire(TOPIC_ID))
                        .setPartitions(IntStream.of(partitions)
                                .mapToObj(index -> new FetchRequestData.FetchPartition()
                                        .setPartition(index)
                                        .setCurrentLeaderEpoch(1)
                                        .setFetchOffset(offset)
                                        .setLastFetchedEpoch(offset == 0 ? -1 : 1)
                                        .setPartitionMaxBytes(VALUE_BYTES))
                                .toList())));
        FetchResponseData answer = client.ask(ApiKeys.FETCH, 17, request);
        return answer.responses().get(0).partitions();
    }

    private static int bytes(PartitionData partition) {
        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NONE);
        return partition.records().sizeInBytes();
    }

    private CompletableFuture<Integer> fetchMeanwhile(long offset) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return bytes(fetch(LONG, offset, 0).get(0));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void fetchThatIsOnlyHeldBackIsAnsweredByItselfOnceTheRateIsKept() throws Exception {
        create(LEADER);
        keep(VALUE_BYTES / 2);
        assertThat(bytes(fetch(LONG, 0, 0).get(0))).isGreaterThan(VALUE_BYTES);
        assertThat(bytes(fetch(Duration.ZERO, 1, 0).get(0))).isZero();

        assertThat(fetchMeanwhile(1).get(SOON.toSeconds(), TimeUnit.SECONDS)).isGreaterThan(VALUE_BYTES);
    }

    @Test
    void fetchThatIsHeldBackIsAnsweredAtOnceWhenTheRateIsRaised() throws Exception {
        create(LEADER);
        keep(1);
        assertThat(bytes(fetch(LONG, 0, 0).get(0))).isGreaterThan(VALUE_BYTES);
        CompletableFuture<Integer> held = fetchMeanwhile(1);
        keep(Long.MAX_VALUE);

        assertThat(held.get(5, TimeUnit.SECONDS)).isGreaterThan(VALUE_BYTES);
    }

    @Test
    void partitionThatIsHeldBackDoesNotHoldUpOthersAndTellsItsHighWatermark() throws Exception {
        create(LEADER);
        keep(1);
        fetch(LONG, 0, 0);

        List<PartitionData> given = fetch(LONG, 1, 0, 1);

        assertThat(bytes(given.get(0))).isZero();
        assertThat(given.get(0).highWatermark()).isEqualTo(BATCHES);
        assertThat(bytes(given.get(1))).isGreaterThan(VALUE_BYTES);
    }

    @Test
    void replicaInSyncIsGivenEverythingAtOnce() throws Exception {
        create(LEADER, FOLLOWER);
        keep(1);
        for (int offset = 0; offset < BATCHES; offset++) {
            assertThat(bytes(fetch(Duration.ZERO, offset, 0).get(0))).isGreaterThan(VALUE_BYTES);
        }
    }
}
