package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import io.sluice.base.SeededEntropy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Several nodes on one store, one network and one loop that the test drives; for the tests of other modules too. */
public final class TestCluster {
    private final ManualLoop loop = new ManualLoop();
    private final FakeCoordination server = new FakeCoordination();
    private final FakePeers peers = new FakePeers();
    private final Map<Integer, TestNode> nodes = new TreeMap<>();
    private long processes;

    /** Brokers 1 to {@code size}, which joined one after the other: broker 1 is controller. */
    public static TestCluster of(int size) {
        TestCluster cluster = new TestCluster();
        for (int id = 1; id <= size; id++) {
            cluster.add(id).join();
        }
        return cluster;
    }

    /** Makes a node that has not joined yet. A process that had the id before is forgotten, not ended. */
    public TestNode add(int id) {
        TestNode node = new TestNode(
                loop,
                server,
                peers,
                new SeededEntropy(++processes),
                new NodeIdentity(id, new UUID(7, id), Optional.empty()),
                Map.of());
        nodes.put(id, node);
        return node;
    }

    public TestNode node(int id) {
        TestNode node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("no node " + id);
        }
        return node;
    }

    public List<TestNode> nodes() {
        return List.copyOf(nodes.values());
    }

    public ManualLoop loop() {
        return loop;
    }

    public FakeCoordination server() {
        return server;
    }

    public FakePeers peers() {
        return peers;
    }

    /** The process is gone at once; the store goes on to hold its session. */
    public void kill(int id) {
        node(id).die();
        peers.kill(id);
    }

    /** Drives all for a while, and takes the answer, which must be there by then. */
    public <T> T await(CompletionStage<T> stage) {
        loop.runAll();
        return stage.toCompletableFuture().getNow(null);
    }

    /** Fails where a node has another image than the first. */
    public void assertSameImages() {
        ClusterImage first = nodes().get(0).cluster().image();
        for (TestNode node : nodes()) {
            ClusterImage image = node.cluster().image();
            assertThat(image.version()).isEqualTo(first.version());
            assertThat(image.clusterId()).isEqualTo(first.clusterId());
            assertThat(image.controllerId()).isEqualTo(first.controllerId());
            assertThat(image.brokers()).isEqualTo(first.brokers());
            assertThat(image.configs()).isEqualTo(first.configs());
            assertThat(image.topics()).containsExactlyInAnyOrderElementsOf(first.topics());
        }
    }
}
