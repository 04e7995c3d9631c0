package io.sluice.kafka.handler;

import io.sluice.base.Loop;
import io.sluice.base.SeededEntropy;
import io.sluice.base.SystemClock;
import io.sluice.base.Workers;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterNode;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.FakeCoordination;
import io.sluice.cluster.FakePeers;
import io.sluice.cluster.FakeStore;
import io.sluice.cluster.NodeIdentity;
import io.sluice.cluster.PeerService;
import io.sluice.engine.Engine;
import io.sluice.kafka.Handler;
import io.sluice.kafka.HandlerTable;
import io.sluice.kafka.KafkaFrontEnd;
import io.sluice.kafka.ServiceGate;
import io.sluice.kafka.peer.FetchLinks;
import io.sluice.kafka.peer.InterBrokerListener;
import io.sluice.log.LoadProgress;
import io.sluice.log.LogStore;
import io.sluice.log.MemoryDisk;
import io.sluice.log.StoreConfig;
import io.sluice.log.StoreIdentity;
import io.sluice.log.StoreListener;
import io.sluice.log.StorePorts;
import io.sluice.network.Admission;
import io.sluice.network.ConnectionLimits;
import io.sluice.network.Listener;
import io.sluice.network.NetworkLoops;
import io.sluice.network.PeerConnections;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The Kafka front end on a real engine and a real socket; disk and coordination store are in memory. */
final class TestBroker implements AutoCloseable {
    static final int ID = 1;
    private static final String LISTENER = "PLAINTEXT";
    private static final long TIMEOUT_S = 20;
    private static final long GROUP_BYTES = 64 << 20;

    private final NetworkLoops loops = NetworkLoops.start(1, SystemClock.INSTANCE);
    private final ExecutorService workers = Executors.newSingleThreadExecutor();
    private final LogStore store;
    private final Engine engine;
    private final Listener listener;
    private final List<Handler> handlers;

    /** Makes the listener one for brokers, of which none sends messages about the cluster. */
    private static final class NoPeers implements PeerService {
        @Override
        public CompletionStage<byte[]> serve(Object connection, byte[] request) {
            return CompletableFuture.failedFuture(new IllegalStateException("no broker was to send a message"));
        }

        @Override
        public void closed(Object connection) {
            // There is nothing to end.
        }
    }

    /** How the broker comes to its cluster. */
    private interface Joining {
        Cluster join(Loop loop, Endpoint endpoint) throws Exception;
    }

    private TestBroker(int id, Map<String, String> settings, Optional<PeerService> peers, Joining joining)
            throws Exception {
        Loop loop = loops.loops().all().get(0);
        listener = Listener.bind(
                LISTENER,
                new InetSocketAddress("127.0.0.1", 0),
                loops,
                new Admission(new ConnectionLimits(100, 100, 600_000, 60_000, 10_000_000, 100_000_000, 16)),
                SystemClock.INSTANCE);
        Cluster cluster = joining.join(loop, new Endpoint(LISTENER, LISTENER, "127.0.0.1", port()));
        Workers background = workers::execute;
        PeerConnections connections = new PeerConnections(loops, background, SystemClock.INSTANCE, 64 << 20);
        store = LogStore.open(
                StoreConfig.of(
                        List.of(Path.of("/data")),
                        new StoreIdentity(cluster.image().clusterId(), id)),
                new StorePorts(new MemoryDisk(), SystemClock.INSTANCE, loops.loops(), background),
                StoreListener.NONE);
        join(store.load(LoadProgress.NONE));
        engine = new Engine(
                new Engine.Options(id, settings, GROUP_BYTES),
                cluster,
                new FetchLinks(connections, InterBrokerListener.FIRST, 5_000),
                store,
                new Engine.Ports(loops.loops(), background, SystemClock.INSTANCE, new SeededEntropy(2)));
        engine.start();
        awaitReady();
        handlers = KafkaHandlers.all(engine);
        listener.open(new KafkaFrontEnd(new HandlerTable(handlers), ServiceGate.opened(), peers));
    }

    /** A cluster of one, with a controller of its own and a listener for clients alone. */
    static TestBroker start(Map<String, String> settings) throws Exception {
        return new TestBroker(ID, settings, Optional.empty(), (loop, endpoint) -> {
            ClusterNode node = new ClusterNode(
                    loop,
                    new FakeStore(loop, new FakeCoordination()),
                    FakePeers.nobody(loop),
                    new SeededEntropy(1),
                    new ClusterNode.Options(
                            new NodeIdentity(ID, new UUID(7, 1), Optional.empty()), 10_000, 5_000, settings));
            join(node.open(Optional.empty()));
            join(node.join(List.of(endpoint)));
            return node.cluster();
        });
    }

    /** One broker of several, that follows the images which the test gives to {@code cluster}. */
    static TestBroker following(ScriptedCluster cluster) throws Exception {
        return following(cluster, Map.of());
    }

    static TestBroker following(ScriptedCluster cluster, Map<String, String> settings) throws Exception {
        return new TestBroker(cluster.brokerId(), settings, Optional.of(new NoPeers()), (loop, endpoint) -> {
            cluster.start(loop);
            cluster.register(cluster.brokerId(), endpoint);
            return cluster;
        });
    }

    /** Waits until the broker holds what the last image says. */
    void awaitReady() throws Exception {
        CompletableFuture<Void> told = new CompletableFuture<>();
        loops.loops().all().get(0).execute(() -> told.complete(null));
        join(told.thenCompose(now -> engine.whenAllReady()));
    }

    int port() {
        return listener.address().getPort();
    }

    Engine engine() {
        return engine;
    }

    List<Handler> handlers() {
        return handlers;
    }

    WireClient connect() throws Exception {
        return new WireClient(port());
    }

    private static <T> T join(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        listener.close();
        join(engine.close());
        store.close();
        loops.close();
        workers.shutdownNow();
    }
}
