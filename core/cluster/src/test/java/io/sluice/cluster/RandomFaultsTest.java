package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.Random;
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
        private final AskedRequests asked;

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.asked = new AskedRequests(seed);
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
            AskedRequests.calm(node);
            loop.advanceMs(60_000);
            check();
        }

        private void step(int i) {
            int which = random.nextInt(12);
            if (AskedRequests.disturb(node, which)) {
                return;
            }
            switch (which) {
                case 5 -> node.store().expire();
                case 6 -> asked.allocate(node);
                default -> asked.create(node, "topic-" + i);
            }
        }

        private void check() {
            ClusterImage image = node.cluster().image();
            asked.check(image, false);
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
