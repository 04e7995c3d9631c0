package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.SystemEntropy;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ClusterNode;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.FakePeers;
import io.sluice.cluster.NewTopic;
import io.sluice.cluster.NodeIdentity;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.TopicRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node on a real ZooKeeper server: what the fake can't show. */
class ZooKeeperClusterTest {
    private static final Endpoint ENDPOINT = new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9092);
    private static final UUID DIRECTORY = new UUID(1, 1);

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop();

    @AfterEach
    void stopLoop() {
        loop.close();
    }

    @Test
    void topicsAreCreatedAndDeletedAndSurviveARestart() throws Exception {
        TopicImage kept;
        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode node = join(server);
            kept = create(node, NewTopic.of("kept", 3, 1));
            create(node, NewTopic.of("dropped", 1, 1));
            List<Outcome<TopicImage>> deleted =
                    get(node.cluster().deleteTopics(List.of(TopicRef.name("dropped"), TopicRef.id(new UUID(0, 9)))));
            assertThat(deleted.get(0).isDone()).isTrue();
            assertThat(deleted.get(1))
                    .isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                            .isEqualTo(Refusal.UNKNOWN_TOPIC_ID));
            get(node.close());
        }

        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode node = join(server);
            assertThat(node.cluster().image().topics())
                    .extracting(TopicImage::id)
                    .containsExactly(kept.id());
            get(node.close());
        }
    }

    @Test
    void nodeThatDiedComesBackWithoutWaitingForItsOldSession() throws Exception {
        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode dead = join(server); // never closed: its session lives on
            TopicImage topic = create(dead, NewTopic.of("orders", 1, 1));

            ClusterNode node = join(server);

            ClusterImage image = node.cluster().image();
            assertThat(image.controllerEpoch()).isEqualTo(2);
            assertThat(image.topic("orders").map(TopicImage::id)).contains(topic.id());
            Outcome<TopicImage> refused = get(dead.cluster().createTopics(List.of(NewTopic.of("late", 1, 1)), false))
                    .get(0);
            assertThat(refused.isDone()).as("r17: the zombie can write nothing").isFalse();
            assertThat(node.cluster().image().topic("late")).isEmpty();
        }
    }

    @Test
    void serverThatIsStoppedAndStartedIsFoundAgain() throws Exception {
        EmbeddedZooKeeper server = startServer(0);
        int port = server.port();
        ClusterNode node = join(server);
        TopicImage topic = create(node, NewTopic.of("orders", 1, 1));
        server.close();
        Awaitility.await().until(() -> {
            Outcome<TopicImage> outcome = get(node.cluster().createTopics(List.of(NewTopic.of("x", 1, 1)), false))
                    .get(0);
            return outcome instanceof Outcome.Refused<TopicImage> refused
                    && refused.reason() == Refusal.COORDINATION_UNAVAILABLE;
        });
        assertThat(node.cluster().image().topic("orders")).as("the image holds").contains(topic);

        try (EmbeddedZooKeeper restarted = startServer(port)) {
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> get(node.cluster()
                            .ensureTopics(List.of(NewTopic.of("later", 1, 1))))
                    .get(0)
                    .isDone());
            assertThat(restarted.port()).isEqualTo(port);
            get(node.close());
        }
    }

    @Test
    void serverThatFailsIsStartedAnewByItself() throws Exception {
        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode node = join(server);
            TopicImage topic = create(node, NewTopic.of("orders", 1, 1));
            StandaloneServer failed = (StandaloneServer) server.server();

            failed.failAsWithoutDisk();

            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> get(node.cluster()
                            .ensureTopics(List.of(NewTopic.of("later", 1, 1))))
                    .get(0)
                    .isDone());
            assertThat(server.server()).isNotSameAs(failed);
            assertThat(node.cluster().image().topic("orders")).contains(topic);
            get(node.close());
        }
    }

    @Test
    void sessionThatExpiresIsFollowedByANewOne() throws Exception {
        try (EmbeddedZooKeeper server = startServer(0)) {
            ZooKeeperStore store = store(server);
            ClusterNode node = join(store);
            TopicImage topic = create(node, NewTopic.of("orders", 1, 1));
            long epoch = node.brokerEpoch();
            SessionKey key = store.sessionKey().orElseThrow();

            // The client under test may win its session back before the close arrives; then it is closed again.
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .pollInterval(2, TimeUnit.SECONDS)
                    .pollDelay(0, TimeUnit.SECONDS)
                    .until(() -> {
                        store.endSession(key).toCompletableFuture().get(10, TimeUnit.SECONDS);
                        return node.brokerEpoch() > epoch;
                    });
            Awaitility.await().until(() -> node.cluster().image().controllerEpoch() == 2);
            assertThat(node.cluster().image().topic("orders").map(TopicImage::id))
                    .contains(topic.id());
            assertThat(create(node, NewTopic.of("more", 1, 1)).name()).isEqualTo("more");
            get(node.close());
        }
    }

    @Test
    void topicOfTheLargestSizeIsTakenAndReadBack() throws Exception {
        TopicImage widest;
        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode node = join(server);
            widest = create(node, NewTopic.of("widest", 23_000, 1));
            Outcome<TopicImage> refused = get(node.cluster()
                            .createTopics(List.of(NewTopic.of("wider", 25_000, 1)), false))
                    .get(0);
            assertThat(refused).isInstanceOfSatisfying(Outcome.Refused.class, why -> assertThat(why.reason())
                    .isEqualTo(Refusal.INVALID_PARTITIONS));
            get(node.close());
        }
        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode node = join(server);
            TopicImage read = node.cluster().image().topic("widest").orElseThrow();
            assertThat(read.partitionCount()).isEqualTo(widest.partitionCount());
            assertThat(read.partitions()).as("it could fail over").noneMatch(PartitionImage::isOffline);
            get(node.close());
        }
    }

    @Test
    void fiveThousandPartitionsAreCreatedQuickly() throws Exception {
        try (EmbeddedZooKeeper server = startServer(0)) {
            ClusterNode node = join(server);
            long t0 = System.nanoTime();
            create(node, NewTopic.of("wide", 5000, 1));
            long t1 = System.nanoTime();
            List<Outcome<TopicImage>> outcomes = get(node.cluster()
                    .createTopics(
                            IntStream.range(0, 5000)
                                    .mapToObj(i -> NewTopic.of("narrow-" + i, 1, 1))
                                    .toList(),
                            false));
            long t2 = System.nanoTime();
            assertThat(outcomes).allMatch(Outcome::isDone);
            get(node.close());
            ClusterNode again = join(server);
            long t3 = System.nanoTime();
            assertThat(again.cluster().image().partitionCount()).isEqualTo(10_000);
            org.slf4j.LoggerFactory.getLogger(getClass())
                    .info(
                            "1x5000: {} ms, 5000x1: {} ms, join with 5001 topics: {} ms",
                            (t1 - t0) / 1_000_000,
                            (t2 - t1) / 1_000_000,
                            (t3 - t2) / 1_000_000);
            assertThat(t2 - t0).isLessThan(TimeUnit.SECONDS.toNanos(20));
        }
    }

    private EmbeddedZooKeeper startServer(int port) throws Exception {
        return EmbeddedZooKeeper.start(
                new EmbeddedZooKeeper.Options(folder.resolve("zookeeper"), port, 500), loop, loop.workers());
    }

    private ClusterNode join(EmbeddedZooKeeper server) throws Exception {
        return join(store(server));
    }

    private ZooKeeperStore store(EmbeddedZooKeeper server) {
        return new ZooKeeperStore(
                loop, loop.workers(), new ZooKeeperStore.Options(server.connectString() + "/sluice/test", 5_000));
    }

    private ClusterNode join(ZooKeeperStore store) throws Exception {
        ClusterNode node = new ClusterNode(
                loop,
                store,
                FakePeers.nobody(loop),
                SystemEntropy.INSTANCE,
                new ClusterNode.Options(new NodeIdentity(1, DIRECTORY, Optional.empty()), 10_000, 5_000, Map.of()));
        get(node.open(Optional.empty()));
        get(node.join(List.of(ENDPOINT)));
        return node;
    }

    private static TopicImage create(ClusterNode node, NewTopic topic) throws Exception {
        Outcome<TopicImage> outcome =
                get(node.cluster().createTopics(List.of(topic), false)).get(0);
        return ((Outcome.Done<TopicImage>) outcome).value();
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
