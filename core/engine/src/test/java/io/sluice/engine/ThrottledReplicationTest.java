package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions that are copied no faster than a rate (KIP-73), among engines under a controller by hand. */
class ThrottledReplicationTest {
    private static final String MOVED = "moved";
    private static final String OTHER = "other";
    private static final String VALUE = "x".repeat(1_000);
    private static final int BATCHES = 200;
    /** Of a batch with one record of {@link #VALUE}, nearly. */
    private static final int BATCH_BYTES = 1_080;
    /** All of it takes twenty seconds. */
    private static final int RATE = BATCHES * BATCH_BYTES / 20;

    private static final String LEADER = "leader";
    private static final String FOLLOWER = "follower";

    private final EngineCluster cluster =
            new EngineCluster(Map.of("replica.lag.time.max.ms", "10000", "replica.fetch.max.bytes", "2000"), 1, 2, 3);

    @BeforeEach
    void fill() {
        cluster.controller.createTopic(MOVED, 1, Map.of(), 1);
        cluster.controller.createTopic(OTHER, 1, Map.of("min.insync.replicas", "2"), 1, 2);
        cluster.advanceMs(2_000);
        for (int i = 0; i < BATCHES; i++) {
            cluster.append(1, MOVED, 0, false, VALUE);
        }
        cluster.advanceMs(10);
    }

    private void throttle(String side, String replicas, long rate) {
        cluster.controller.configure(MOVED, Map.of(side + ".replication.throttled.replicas", replicas));
        rate(side, rate);
    }

    private void rate(String side, long rate) {
        int broker = side.equals(LEADER) ? 1 : 2;
        cluster.controller.configureBroker(broker, Map.of(side + ".replication.throttled.rate", String.valueOf(rate)));
    }

    private static String replica(String side) {
        return side.equals(LEADER) ? "0:1" : "0:2";
    }

    private void move() {
        cluster.controller.assign(MOVED, 0, 1, 2);
    }

    private long copied() {
        return cluster.partition(2, MOVED, 0).endOffset();
    }

    private List<Integer> inSync() {
        return cluster.controller.state(MOVED, 0).isr();
    }

    @ParameterizedTest
    @ValueSource(strings = {LEADER, FOLLOWER})
    void replicaThatIsAddedIsCopiedAtTheRateAndJoins(String side) {
        throttle(side, replica(side), RATE);
        move();
        cluster.advanceMs(5_000);
        assertThat(copied()).isBetween(BATCHES * 4 / 20L, BATCHES * 7 / 20L);
        cluster.advanceMs(7_000);
        assertThat(copied()).isBetween(BATCHES * 11 / 20L, BATCHES * 14 / 20L);
        assertThat(inSync()).containsExactly(1);
        cluster.advanceMs(9_000);
        assertThat(copied()).isEqualTo(BATCHES);
        assertThat(inSync()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEADER, FOLLOWER})
    void otherPartitionsAreAcknowledgedAtOnceAllTheWhile(String side) {
        throttle(side, "*", RATE);
        move();
        for (int i = 0; i < 50; i++) {
            cluster.advanceMs(100);
            List<String> outcome = cluster.append(1, OTHER, 0, true, "a");
            cluster.advanceMs(1);
            assertThat(outcome).containsExactly("at " + i);
        }
        assertThat(copied()).isLessThan(BATCHES / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEADER, FOLLOWER})
    void replicaInSyncIsNotThrottled(String side) {
        throttle(side, "*", 1_000_000);
        move();
        cluster.advanceMs(1_000);
        assertThat(inSync()).containsExactly(1, 2);
        rate(side, 1);
        for (int i = 0; i < 20; i++) {
            List<String> outcome = cluster.append(1, MOVED, 0, true, VALUE);
            cluster.advanceMs(1);
            assertThat(outcome).containsExactly("at " + (BATCHES + i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LEADER, FOLLOWER})
    void rateThatIsRaisedHoldsAtOnce(String side) {
        throttle(side, replica(side), 100);
        move();
        cluster.advanceMs(3_000);
        assertThat(copied()).isLessThan(10);
        rate(side, Long.MAX_VALUE);
        cluster.advanceMs(50);
        assertThat(copied()).isEqualTo(BATCHES);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEADER, FOLLOWER})
    void topicThatIsThrottledNoMoreIsCopiedAtOnce(String side) {
        throttle(side, replica(side), 100);
        move();
        cluster.advanceMs(3_000);
        cluster.controller.configure(MOVED, Map.of());
        cluster.advanceMs(50);
        assertThat(copied()).isEqualTo(BATCHES);
    }

    @ParameterizedTest
    @ValueSource(strings = {LEADER, FOLLOWER})
    void rateFarBelowOneBatchLetsOneThroughNowAndThen(String side) {
        throttle(side, replica(side), 1);
        move();
        cluster.advanceMs(1_000);
        long first = copied();
        assertThat(first).isBetween(1L, 2L);
        cluster.advanceMs(11_000);
        assertThat(copied()).isGreaterThan(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0:3", "1:1,1:2"})
    void replicasThatAreNotNamedAreNotThrottled(String replicas) {
        throttle(LEADER, replicas, 1);
        cluster.advanceMs(10);
        throttle(FOLLOWER, replicas, 1);
        move();
        cluster.advanceMs(1_000);
        assertThat(copied()).isEqualTo(BATCHES);
    }

    @Test
    void fetchThatIsOnlyHeldBackIsAnsweredWhenTheRateIsKeptAgain() {
        throttle(LEADER, "0:1", 20 * BATCH_BYTES);
        move();
        cluster.advanceMs(1_500);
        long before = copied();
        // Each fetch brings one batch, and none waits for its half second at the leader.
        cluster.advanceMs(1_000);
        assertThat(copied() - before).isBetween(17L, 23L);
    }
}
