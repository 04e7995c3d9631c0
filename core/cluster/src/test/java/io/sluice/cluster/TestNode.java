package io.sluice.cluster;

import io.sluice.base.Entropy;
import io.sluice.base.ManualLoop;
import io.sluice.base.SeededEntropy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cluster node on the fake store and a loop that the test drives; for the tests of other modules too. */
public final class TestNode {
    public static final Endpoint ENDPOINT = new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9092);

    private final ManualLoop loop;
    private final FakeStore store;
    private final ClusterNode node;
    private final List<ImageChange> changes = new ArrayList<>();
    private CompletionStage<ClusterImage> joined = new CompletableFuture<>();

    public TestNode(ManualLoop loop, FakeCoordination server, int brokerId, Map<String, String> settings) {
        this(loop, server, brokerId, new UUID(7, brokerId), settings);
    }

    public TestNode(
            ManualLoop loop, FakeCoordination server, int brokerId, UUID directory, Map<String, String> settings) {
        this(
                loop,
                server,
                new FakePeers(),
                new SeededEntropy(brokerId),
                new NodeIdentity(brokerId, directory, Optional.empty()),
                settings);
    }

    /** A node that reaches the others that were made with the same {@code peers}. */
    public TestNode(
            ManualLoop loop,
            FakeCoordination server,
            FakePeers peers,
            Entropy entropy,
            NodeIdentity identity,
            Map<String, String> settings) {
        this.loop = loop;
        this.store = new FakeStore(loop, server);
        this.node = new ClusterNode(
                loop,
                store,
                peers.from(identity.brokerId(), loop),
                entropy,
                new ClusterNode.Options(identity, 10_000, 5_000, settings));
        peers.add(identity.brokerId(), loop, node.service());
    }

    /** A node that has joined a cluster of one. */
    public static TestNode joined(ManualLoop loop, FakeCoordination server) {
        TestNode test = new TestNode(loop, server, 1, Map.of());
        test.join();
        return test;
    }

    public TestNode join() {
        node.open(Optional.empty());
        loop.runAll();
        node.cluster().addListener(changes::add);
        joined = node.join(List.of(ENDPOINT));
        loop.runAll();
        return this;
    }

    /** Whether the node gave up joining, upon which its process would have ended. */
    public boolean hasFailedToJoin() {
        return joined.toCompletableFuture().isCompletedExceptionally();
    }

    /** The process is gone: it hears from the store no more, and its session lives on there until it is ended. */
    public void die() {
        store.die();
    }

    public ClusterNode node() {
        return node;
    }

    public Cluster cluster() {
        return node.cluster();
    }

    public FakeStore store() {
        return store;
    }

    /** What a listener was told, in order. */
    public List<ImageChange> changes() {
        return changes;
    }

    /** Drives the loop and takes the answer, which must be there by then. */
    public <T> T await(CompletionStage<T> stage) {
        loop.runAll();
        return stage.toCompletableFuture().getNow(null);
    }

    /** The same for a request about one thing. */
    public <T> Outcome<T> awaitOne(CompletionStage<List<Outcome<T>>> stage) {
        return await(stage).get(0);
    }

    public TopicImage create(String topic, int partitions) {
        Outcome<TopicImage> outcome =
                awaitOne(cluster().createTopics(List.of(NewTopic.of(topic, partitions, 1)), false));
        return ((Outcome.Done<TopicImage>) outcome).value();
    }
}
