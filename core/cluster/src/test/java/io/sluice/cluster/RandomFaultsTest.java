package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Random requests while answers are lost, connections break and sessions end. Whatever happens: what was answered as
 * done is there, what was refused for good is not, no producer id is given twice, the events lead from each image to
 * the next, and whoever reads the store afterwards sees the image that was published.
 */
class RandomFaultsTest {
    private static final int SEEDS = 400;
    private static final int STEPS = 60;

    @Test
    void r19NothingIsLostDoubledOrInvented() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new Run(seed).run();
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final ManualLoop loop = new ManualLoop();
        private final FakeCoordination server = new FakeCoordination();
        private final TestNode node = TestNode.joined(loop, server);
        private final Map<String, CompletionStage<List<Outcome<TopicImage>>>> creations = new HashMap<>();
        private final List<CompletionStage<Outcome<ProducerIdBlock>>> blocks = new ArrayList<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step(i);
                if (random.nextBoolean()) {
                    loop.runAll();
                }
                if (random.nextInt(10) == 0) {
                    loop.advanceMs(random.nextInt(7_000));
                }
            }
            node.store().loseAnswerOf(ops -> false);
            node.store().loseRequestOf(ops -> false);
            node.store().reconnect();
            loop.advanceMs(60_000);
            check();
        }

        private void step(int i) {
            switch (random.nextInt(12)) {
                case 0 -> node.store().loseAnswerOf(ops -> true);
                case 1 -> node.store().loseRequestOf(ops -> true);
                case 2 -> node.store().disconnect();
                case 3 -> node.store().expire();
                case 4, 5 -> node.store().reconnect();
                case 6 -> blocks.add(node.cluster().allocateProducerIds());
                default -> {
                    String topic = "topic-" + i;
                    creations.put(topic, node.cluster().createTopics(List.of(NewTopic.of(topic, 1, 1)), false));
                }
            }
        }

        private void check() {
            ClusterImage image = node.cluster().image();
            creations.forEach((topic, stage) -> {
                Outcome<TopicImage> outcome = stage.toCompletableFuture().join().get(0);
                if (outcome instanceof Outcome.Done<TopicImage> done) {
                    assertThat(image.topic(topic).map(TopicImage::id))
                            .as("seed %d", seed)
                            .contains(done.value().id());
                } else if (((Outcome.Refused<TopicImage>) outcome).reason() != Refusal.OUTCOME_UNKNOWN) {
                    assertThat(image.topic(topic))
                            .as("seed %d: %s", seed, outcome)
                            .isEmpty();
                }
            });
            Set<Long> firstIds = new HashSet<>();
            blocks.forEach(stage -> {
                if (stage.toCompletableFuture().join() instanceof Outcome.Done<ProducerIdBlock> done) {
                    assertThat(firstIds.add(done.value().first()))
                            .as("t5, seed %d", seed)
                            .isTrue();
                }
            });
            checkEvents();
            node.node().close();
            loop.runAll();
            ClusterImage read = TestNode.joined(loop, server).cluster().image();
            assertThat(read.topics().stream().map(TopicImage::id))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(
                            image.topics().stream().map(TopicImage::id).toList());
        }

        private void checkEvents() {
            ClusterImage replica = ClusterImage.empty("");
            ImageVersion version = ImageVersion.NONE;
            for (ImageChange change : node.changes()) {
                assertThat(change.after().version()).as("seed %d", seed).isGreaterThan(version);
                version = change.after().version();
                replica = replica.draft().applyAll(change.events()).seal(version);
                assertThat(replica.topics())
                        .as("seed %d", seed)
                        .containsExactlyInAnyOrderElementsOf(change.after().topics());
                assertThat(replica.brokers()).isEqualTo(change.after().brokers());
            }
        }
    }
}
