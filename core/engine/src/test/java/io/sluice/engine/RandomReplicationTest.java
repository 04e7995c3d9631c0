package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.PartitionImage;
import io.sluice.engine.HandMadeController.Mood;
import io.sluice.log.MemoryDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Three brokers through random histories: cut links, lost and late decisions, killed processes, power losses, elections.
 * Whatever happens, in the end all copies are one, and every record that was acknowledged to acks=all lies where its
 * acknowledgement said. A failing seed is the test's name.
 */
class RandomReplicationTest {
    private static final int SEEDS = 300;
    private static final int THROTTLED_SEEDS = 100;
    private static final int STEPS = 150;
    private static final String TOPIC = "t";

    @TestFactory
    List<DynamicTest> r1r2r3r4r6r9AcknowledgedRecordsAreNeverLost() {
        List<DynamicTest> tests = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            int chosen = seed;
            tests.add(DynamicTest.dynamicTest("seed " + seed, () -> new History(chosen, false).run()));
        }
        return tests;
    }

    /** The same with rates that come and go (KIP-73): replicas catch up all the same, and nothing waits for ever. */
    @TestFactory
    List<DynamicTest> r1r2r3r4AcknowledgedRecordsAreNeverLostWhereCopiesAreThrottled() {
        List<DynamicTest> tests = new ArrayList<>();
        for (int seed = 0; seed < THROTTLED_SEEDS; seed++) {
            int chosen = seed;
            tests.add(DynamicTest.dynamicTest("seed " + seed, () -> new History(chosen, true).run()));
        }
        return tests;
    }

    private static final class History {
        private final Random random;
        private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "2000"), 1, 2, 3);
        private final Map<Integer, MemoryDisk> down = new TreeMap<>();
        private final Map<String, List<String>> outcomes = new TreeMap<>();
        private final boolean throttled;
        private int written;

        History(int seed, boolean throttled) {
            this.random = new Random(seed);
            this.throttled = throttled;
            boolean flush = random.nextInt(4) == 0;
            cluster.controller.createTopic(
                    TOPIC,
                    1,
                    Map.of("min.insync.replicas", "2", "flush.messages", flush ? "1" : String.valueOf(Long.MAX_VALUE)),
                    1,
                    2,
                    3);
            cluster.advanceMs(100);
        }

        /** Everything is throttled from now on, at a rate that takes long for what there is, or at none. */
        private void throttle(int broker, long rate) {
            Map<String, String> topic = new TreeMap<>(
                    cluster.controller.image().topic(TOPIC).orElseThrow().configs());
            topic.put("leader.replication.throttled.replicas", "*");
            topic.put("follower.replication.throttled.replicas", random.nextBoolean() ? "*" : "0:" + broker);
            cluster.controller.configure(TOPIC, topic);
            cluster.controller.configureBroker(
                    broker,
                    rate == 0
                            ? Map.of()
                            : Map.of(
                                    "leader.replication.throttled.rate", String.valueOf(rate),
                                    "follower.replication.throttled.rate", String.valueOf(rate)));
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                if (throttled && random.nextInt(5) == 0) {
                    throttle(1 + random.nextInt(3), random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(500));
                }
                step();
                cluster.advanceMs(random.nextInt(3) == 0 ? random.nextInt(800) : random.nextInt(5));
            }
            heal();
            check();
        }

        private PartitionImage state() {
            return cluster.controller.state(TOPIC, 0);
        }

        private boolean isUp(int broker) {
            return !down.containsKey(broker);
        }

        private void step() {
            int broker = 1 + random.nextInt(3);
            switch (random.nextInt(16)) {
                case 0 -> cluster.links.cut(broker, 1 + random.nextInt(3));
                case 1, 2 -> cluster.links.heal();
                case 3 -> {
                    if (random.nextBoolean()) {
                        cluster.controller.disconnect(broker);
                    } else {
                        cluster.controller.holdImages(broker);
                    }
                }
                case 4, 5 -> reconnectAll();
                case 6 -> cluster.controller.mood(Mood.values()[random.nextInt(3)]);
                case 7 -> stop(broker);
                case 8, 9 -> startAll();
                case 10 -> electSomebody();
                default -> append(broker);
            }
        }

        private void append(int broker) {
            if (isUp(broker) && cluster.partition(broker, TOPIC, 0).leadership().leading()) {
                String value = "v" + written++;
                outcomes.put(value, cluster.append(broker, TOPIC, 0, true, value));
            }
        }

        private void reconnectAll() {
            for (int broker = 1; broker <= 3; broker++) {
                if (isUp(broker)) {
                    cluster.controller.reconnect(broker);
                }
            }
        }

        /** A process dies, or its machine loses power; the last in sync is only killed, for its log would be lost. */
        private void stop(int broker) {
            if (!isUp(broker) || down.size() == 2) {
                return;
            }
            boolean last = state().isr().size() == 1 && state().isr().has(broker);
            boolean powerLoss = !last && random.nextBoolean();
            down.put(broker, powerLoss ? cluster.powerOff(broker, random.nextLong()) : cluster.kill(broker));
            cluster.controller.lose(broker);
            if (state().isr().has(broker) && !last) {
                cluster.controller.inSync(
                        TOPIC,
                        0,
                        state().isr().stream()
                                .filter(id -> id != broker)
                                .mapToInt(id -> id)
                                .toArray());
            }
            if (state().leader() == broker) {
                electSomebody();
            }
        }

        private void startAll() {
            Map<Integer, MemoryDisk> all = new TreeMap<>(down);
            down.clear();
            all.forEach(cluster::start);
            if (state().isOffline()) {
                electSomebody();
            }
        }

        private void electSomebody() {
            List<Integer> electable = state().isr().stream().filter(this::isUp).toList();
            int leader =
                    electable.isEmpty() ? PartitionImage.NO_LEADER : electable.get(random.nextInt(electable.size()));
            cluster.controller.elect(
                    TOPIC, 0, leader, state().isr().stream().mapToInt(id -> id).toArray());
        }

        private void heal() {
            for (int broker = 1; throttled && broker <= 3; broker++) {
                throttle(broker, 5_000);
            }
            cluster.controller.mood(Mood.ANSWERS);
            cluster.links.heal();
            startAll();
            reconnectAll();
            if (state().isOffline()) {
                electSomebody();
            }
            cluster.advanceMs(20_000);
            append(state().leader());
            cluster.advanceMs(5_000);
        }

        private void check() {
            assertThat(state().isr()).as("all are in sync again").containsExactlyInAnyOrder(1, 2, 3);
            List<String> values = cluster.values(state().leader(), TOPIC, 0);
            for (int broker = 1; broker <= 3; broker++) {
                assertThat(cluster.values(broker, TOPIC, 0))
                        .as("broker %s", broker)
                        .isEqualTo(values);
            }
            assertThat(values).doesNotHaveDuplicates();
            assertThat(cluster.partition(state().leader(), TOPIC, 0).highWatermark())
                    .isEqualTo(values.size());
            assertThat(outcomes.get("v" + (written - 1)))
                    .as("writing goes on")
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("at ");
            outcomes.forEach((value, outcome) -> {
                if (!outcome.isEmpty() && outcome.get(0).startsWith("at ")) {
                    int offset = Integer.parseInt(outcome.get(0).substring(3));
                    assertThat(values.size()).as("%s at %s", value, offset).isGreaterThan(offset);
                    assertThat(values.get(offset)).as("at offset %s", offset).isEqualTo(value);
                }
            });
        }
    }
}
