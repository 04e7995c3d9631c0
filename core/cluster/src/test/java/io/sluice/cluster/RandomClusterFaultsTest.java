package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Random requests to any of three brokers while messages are delayed and lost, connections break, the store goes away,
 * sessions end and processes die and come back. Whatever happens: a node's image never goes back, equal versions are
 * equal images, one node alone publishes in a term, what was answered as done is there, what was refused for good is
 * not, no producer id is given twice; and when all is well again the nodes agree.
 */
class RandomClusterFaultsTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 80;
    private static final int BROKERS = 3;

    @Test
    void nothingIsLostDoubledOrInvented() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new Run(seed).run();
        }
    }

    @Test
    void sameSeedIsTheSameRun() {
        for (long seed = 0; seed < 5; seed++) {
            Run first = new Run(seed);
            Run second = new Run(seed);
            first.run();
            second.run();
            assertThat(second.trace).isEqualTo(first.trace);
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final TestCluster cluster;
        private final AskedRequests asked;
        /** Every image that any node published, by version, as text. */
        private final Map<ImageVersion, String> published = new TreeMap<>();

        private final Set<Integer> dead = new TreeSet<>();
        private final List<String> trace = new ArrayList<>();
        /** What listeners found; an exception of theirs would be caught. */
        private final List<String> failures = new ArrayList<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.asked = new AskedRequests(seed);
            this.cluster = TestCluster.of(BROKERS);
            cluster.nodes().forEach(this::check);
            cluster.peers().disturb(random, random.nextInt(4) * 5, random.nextInt(3) * 50);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step(i);
                if (random.nextBoolean()) {
                    cluster.loop().runAll();
                }
                if (random.nextInt(3) == 0) {
                    cluster.loop().advanceMs(random.nextInt(3_000));
                }
            }
            heal();
            checkAgreement();
            asked.check(cluster.node(1).cluster().image(), true);
        }

        private void step(int i) {
            int id = 1 + random.nextInt(BROKERS);
            TestNode node = cluster.node(id);
            int which = random.nextInt(20);
            if (AskedRequests.disturb(node, which)) {
                return;
            }
            switch (which) {
                case 5 -> node.store().reconnect();
                case 6 -> cluster.server().endSession(node.store().session());
                case 7 -> cluster.peers().cut(id, 1 + random.nextInt(BROKERS));
                case 8 -> cluster.peers().block(id, 1 + random.nextInt(BROKERS));
                case 9 -> cluster.peers().heal();
                case 10 -> kill(id);
                case 11, 12 -> restart(id);
                case 13 -> node.store().loseSession();
                case 14 -> asked.allocate(node);
                default -> create(node, "topic-" + i);
            }
        }

        private void create(TestNode node, String topic) {
            asked.create(node, topic).thenAccept(outcomes -> {
                if (outcomes.get(0).isDone()
                        && node.cluster().image().topic(topic).isEmpty()) {
                    failures.add("seed " + seed + ": " + topic + " is not in the image with the answer");
                }
            });
        }

        private void kill(int id) {
            if (dead.add(id)) {
                cluster.kill(id);
            }
        }

        private void restart(int id) {
            if (dead.remove(id)) {
                TestNode node = cluster.add(id);
                check(node);
                node.join();
            }
        }

        /** Holds every image that {@code node} publishes against what it and others published before. */
        private void check(TestNode node) {
            ImageVersion[] last = {ImageVersion.NONE};
            node.cluster().addListener(change -> {
                ImageVersion version = change.after().version();
                if (version.compareTo(last[0]) <= 0) {
                    failures.add("seed " + seed + ": from " + last[0] + " back to " + version);
                }
                last[0] = version;
                String text = text(change.after());
                trace.add(version + " " + text);
                String before = published.putIfAbsent(version, text);
                if (before != null && !before.equals(text)) {
                    failures.add("seed " + seed + ": two images of version " + version + ":\n" + before + "\n" + text);
                }
                ClusterImage replayed =
                        change.before().draft().applyAll(change.events()).seal(version);
                if (!text(replayed).equals(text)) {
                    failures.add("seed " + seed + ": events do not lead to " + version);
                }
            });
        }

        private static String text(ClusterImage image) {
            Map<String, TopicImage> topics = new TreeMap<>();
            image.topics().forEach(topic -> topics.put(topic.name(), topic));
            return image.controllerId() + " " + image.brokers().values() + " " + topics.values();
        }

        private void heal() {
            cluster.peers().heal();
            cluster.nodes().forEach(node -> node.store().reconnect());
            for (int id = 1; id <= BROKERS; id++) {
                if (cluster.node(id).hasFailedToJoin()) {
                    kill(id);
                }
                restart(id);
                AskedRequests.calm(cluster.node(id));
            }
            cluster.loop().advanceMs(60_000);
        }

        private void checkAgreement() {
            assertThat(failures).isEmpty();
            ClusterImage first = cluster.node(1).cluster().image();
            assertThat(first.brokers()).as("seed %d", seed).containsOnlyKeys(1, 2, 3);
            for (TestNode node : cluster.nodes()) {
                ClusterImage image = node.cluster().image();
                assertThat(image.version()).as("seed %d", seed).isEqualTo(first.version());
                assertThat(text(image)).as("seed %d", seed).isEqualTo(text(first));
            }
            assertThat(Optional.of(first.controllerId()))
                    .as("seed %d", seed)
                    .hasValue(NodeCodec.controller(
                                    cluster.server().get("/controller").data())
                            .broker());
        }
    }
}
