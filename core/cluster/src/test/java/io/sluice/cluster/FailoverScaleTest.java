package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What it takes when a broker dies that led many partitions: few transactions, bytes in proportion, and time of the
 * control loop that grows no faster than what there is to decide.
 */
class FailoverScaleTest {
    private static final int DEAD = 2;
    /** Of this thread alone, whatever else the machine does meanwhile. */
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    /** One fence, and room for a path and the topic's head. */
    private static final int BYTES_PER_TOPIC = 250;

    private static final int BYTES_PER_PARTITION = 30;

    /** Who is there, election, three to read, one for each transaction that follows, and one to spare. */
    private static final int MOST_ROUND_TRIPS = 10;

    private static final int MOST_OTHER_REQUESTS = 30;

    private record Cost(int transactions, long bytes, long nanos) {}

    /** Topics of three replicas each, all led by the broker that dies. */
    private static Cost failover(int topics, int partitionsEach) {
        ManualLoop loop = new ManualLoop();
        FakeCoordination server = new FakeCoordination();
        TestNode node = TestNode.joined(loop, server);
        long session = register(loop, server, DEAD);
        register(loop, server, 3);
        List<List<Integer>> assignment = Collections.nCopies(partitionsEach, List.of(DEAD, 1, 3));
        List<NewTopic> requests = IntStream.range(0, topics)
                .mapToObj(i -> new NewTopic("t" + i, NewTopic.DEFAULT, NewTopic.DEFAULT, assignment, Map.of()))
                .toList();
        assertThat(node.await(node.cluster().createTopics(requests, false))).allMatch(Outcome::isDone);
        int before = node.store().multis().size();

        long started = THREADS.getCurrentThreadCpuTime();
        server.endSession(session);
        loop.runAll();
        long nanos = THREADS.getCurrentThreadCpuTime() - started;

        assertThat(node.cluster().image().partitionCount()).isEqualTo(topics * partitionsEach);
        assertThat(node.cluster().image().topics())
                .allSatisfy(topic -> assertThat(topic.partitions()).allMatch(each -> each.leader() == 1));
        List<List<StoreOp>> written =
                node.store().multis().subList(before, node.store().multis().size());
        long bytes = written.stream()
                .flatMap(List::stream)
                .mapToLong(StoreOp::requestBytes)
                .sum();
        return new Cost(written.size(), bytes, nanos);
    }

    private static long register(ManualLoop loop, FakeCoordination server, int broker) {
        long session = server.openSession();
        server.create(
                StorePaths.broker(broker),
                NodeCodec.plain("{\"v\":1,\"directory\":\"d" + broker + "\",\"endpoints\":[]}"),
                session);
        loop.runAll();
        return session;
    }

    @ParameterizedTest
    @CsvSource({"1,1000", "10,100", "1000,1", "10,1000", "10000,1"})
    void failoverIsWrittenInAsFewTransactionsAsFit(int topics, int partitionsEach) {
        Cost cost = failover(topics, partitionsEach);

        long most = (long) topics * (BYTES_PER_TOPIC + (long) partitionsEach * BYTES_PER_PARTITION);
        assertThat(cost.bytes()).isLessThan(most);
        assertThat(cost.transactions()).isLessThanOrEqualTo((int) (2 + most / Batch.MAX_BYTES));
    }

    /** What a new controller waits for is round trips, so it must not ask one after the other what it can ask at once. */
    @ParameterizedTest
    @CsvSource({"1,10000", "100,100", "1000,1", "10000,1"})
    void newControllerReadsAllInAFewRoundTrips(int topics, int partitionsEach) {
        int roundTripMs = 10;
        TestCluster cluster = TestCluster.of(2);
        List<NewTopic> requests = IntStream.range(0, topics)
                .mapToObj(i -> NewTopic.of("t" + i, partitionsEach, 2))
                .toList();
        assertThat(cluster.await(cluster.node(1).cluster().createTopics(requests, false)))
                .allMatch(Outcome::isDone);
        TestNode next = cluster.node(2);
        cluster.loop().advanceMs(1_000);
        int before = next.store().requests();
        next.store().roundTripMs(roundTripMs);

        cluster.kill(1);
        cluster.server().endSession(cluster.node(1).store().session());
        int roundTrips = 0;
        while (next.cluster().image().controllerId() != 2) {
            assertThat(++roundTrips).as("round trips so far").isLessThan(MOST_ROUND_TRIPS);
            cluster.loop().advanceMs(roundTripMs);
        }

        assertThat(next.cluster().image().topics()).hasSize(topics).allSatisfy(topic -> assertThat(topic.partitions())
                .allMatch(each -> each.leader() == 2));
        int topicsAtOnce = CoordinationStore.MAX_READ_AT_ONCE / 2;
        int writes = next.store().multis().size();
        assertThat(next.store().requests() - before).isLessThan(topics / topicsAtOnce + MOST_OTHER_REQUESTS + writes);
    }

    /** Ten times as many may take ten times as long, with room for what the machine does besides; a square would be 100. */
    @Test
    void timeOfTheControlLoopGrowsAsThePartitionsDo() {
        failover(1_000, 1); // the compiler's part
        List<Long> small = new ArrayList<>();
        List<Long> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            small.add(failover(1_000, 1).nanos());
            large.add(failover(10_000, 1).nanos());
        }

        assertThat(Collections.min(large)).isLessThan(40 * Math.max(Collections.min(small), 2_000_000L));
        assertThat(Collections.min(large) / 1_000_000)
                .as("ms for 10,000 partitions")
                .isLessThan(3_000);
    }
}
