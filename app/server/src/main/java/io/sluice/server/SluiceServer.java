package io.sluice.server;

import io.sluice.base.Loop;
import io.sluice.base.SystemClock;
import io.sluice.base.SystemEntropy;
import io.sluice.cluster.ClusterNode;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.PatientCluster;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.engine.Engine;
import io.sluice.kafka.HandlerTable;
import io.sluice.kafka.KafkaFrontEnd;
import io.sluice.kafka.ServiceGate;
import io.sluice.kafka.handler.KafkaHandlers;
import io.sluice.log.LogId;
import io.sluice.log.LogStore;
import io.sluice.network.Admission;
import io.sluice.network.Listener;
import io.sluice.network.NetworkLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: the composition root that builds every part, in order, and takes them down in reverse.
 *
 * <pre>
 *   settings → listeners bound → ZooKeeper, cluster id → data folders (recovery) → listeners open to brokers
 *            → registered, image followed, partitions open → open to clients
 * </pre>
 */
public final class SluiceServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SluiceServer.class);
    private static final int STRAYS_NAMED = 10;
    /** Another controller is elected in a fraction of it, where there is one to elect. */
    private static final long STAND_DOWN_MS = 2_000;
    /** What is answered at all is answered at once by then: this broker leads nothing more. */
    private static final long LAST_ANSWERS_MS = 1_000;

    private final ServerConfig config;
    private final Shutdown shutdown = new Shutdown();
    private final List<Listener> listeners = new ArrayList<>();
    private final NetworkLoops loops;
    private final WorkerPool workers;
    private final ControlLoop control;
    private final Coordination coordination;
    private final LogStore store;
    private final Engine engine;
    private final ClusterNode node;

    private SluiceServer(ServerConfig config) throws StartupException {
        this.config = config;
        try {
            control = shutdown.own(new ControlLoop(SystemClock.INSTANCE));
            workers = shutdown.own(new WorkerPool(config.workerThreads()));
            loops = shutdown.own(NetworkLoops.start(config.networkThreads(), SystemClock.INSTANCE));
            Admission admission = new Admission(config.limits());
            bindListeners(admission);
            OtherBrokers others = shutdown.own(new OtherBrokers(config, loops, workers, control));
            coordination = shutdown.own(Coordination.open(config, control, workers, others.messages()));
            node = coordination.node();
            store = DataStart.open(config, coordination.clusterId(), loops.loops(), workers);
            shutdown.own(store);
            engine = new Engine(
                    new Engine.Options(config.nodeId(), config.values(), MachineLimits.groupBytes()),
                    new PatientCluster(control, node.cluster()),
                    others.links(),
                    store,
                    new Engine.Ports(loops.loops(), workers, SystemClock.INSTANCE, SystemEntropy.INSTANCE));
            int room = MachineLimits.connections();
            admission.follow(
                    () -> Math.min(room, engine.settings().get(BrokerNetworkSettings.MAX_CONNECTIONS)),
                    () -> engine.settings().get(BrokerNetworkSettings.MAX_CONNECTIONS_PER_IP));
            joinAndServe();
        } catch (StartupException | RuntimeException e) {
            shutdown.run();
            throw e;
        }
    }

    /**
     * Starts a broker and returns once it serves.
     *
     * @param settings by their names; what is not given has its default
     * @throws StartupException when it cannot start; the message says why and what to do, and nothing is left running
     */
    public static SluiceServer start(Map<String, String> settings) throws StartupException {
        return new SluiceServer(ServerConfig.parse(settings));
    }

    private void bindListeners(Admission admission) throws StartupException {
        for (ListenerConfig listener : config.listeners()) {
            if (!listener.isWildcard() && new InetSocketAddress(listener.host(), listener.port()).isUnresolved()) {
                throw new StartupException("listeners has '" + listener + "', but no address is known for "
                        + listener.host() + "; name one of this machine, or 0.0.0.0 for all that it has");
            }
            try {
                InetSocketAddress address = listener.host().isEmpty()
                        ? new InetSocketAddress(listener.port())
                        : new InetSocketAddress(listener.host(), listener.port());
                listeners.add(shutdown.own(Listener.bind(
                        listener.name(), address, loops, admission, SystemClock.INSTANCE, config.socketBuffers())));
            } catch (IOException e) {
                throw new StartupException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    /**
     * Brokers that start at the same time need each other before they can serve: the controller is one of them. So
     * listeners open first, for other brokers' messages alone; clients wait behind the gate.
     */
    private void joinAndServe() throws StartupException {
        ServiceGate gate = new ServiceGate();
        HandlerTable handlers = new HandlerTable(KafkaHandlers.all(engine));
        for (Listener listener : listeners) {
            boolean forBrokers = listener.name().equals(config.interBrokerListener());
            listener.open(
                    new KafkaFrontEnd(handlers, gate, forBrokers ? Optional.of(node.service()) : Optional.empty()));
        }
        node.logEnds(engine.logEnds());
        node.onRegistered(new RegistrationNote(store));
        coordination.join(endpoints(), store.proven());
        engine.start();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        // The control loop tells the engine of the image first, then runs this.
        control.execute(() -> engine.whenAllReady().thenRun(() -> ready.complete(null)));
        ready.join();
        engine.producerIds().prepare();
        List<LogId> strays = engine.strayLogs();
        if (!strays.isEmpty()) {
            log.warn(
                    "{} partition folders belong to topics that the cluster does not have and are left alone: {}",
                    strays.size(),
                    strays.stream().limit(STRAYS_NAMED).toList());
        }
        store.start();
        gate.open();
    }

    /** What clients are told: the advertised address of each listener, with the port that was bound. */
    public List<Endpoint> endpoints() {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < listeners.size(); i++) {
            ListenerConfig bound = config.listeners()
                    .get(i)
                    .withPort(listeners.get(i).address().getPort());
            ListenerConfig told = config.advertised().stream()
                    .filter(one -> one.name().equals(bound.name()))
                    .findFirst()
                    .map(one -> one.port() == 0 ? one.withPort(bound.port()) : one)
                    .orElse(bound);
            endpoints.add(told.toEndpoint());
        }
        return endpoints;
    }

    /** Where it listens, in the order of {@link #endpoints}; the address is a wildcard when it listens on all. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream().map(Listener::address).toList();
    }

    /** The data folders, absolute. */
    public List<Path> dataFolders() {
        return config.dataFolders();
    }

    public int nodeId() {
        return config.nodeId();
    }

    /** The cluster's id. */
    public String clusterId() {
        return coordination.clusterId();
    }

    /** Connections that are open now. */
    public int connectionCount() {
        return listeners.stream().mapToInt(Listener::connectionCount).sum();
    }

    /**
     * Stops cleanly: what it leads and controls passes on to other brokers, what it was asked for is answered, nothing
     * acknowledged is lost, and the next start is quick.
     */
    @Override
    public void close() {
        new ControlledShutdown(config.nodeId(), node.cluster(), control, engine.settings()).run();
        node.standDown(STAND_DOWN_MS).toCompletableFuture().join();
        flushAnswers();
        listeners.forEach(listener -> listener.drain(LAST_ANSWERS_MS));
        engine.close()
                .thenCompose(closed -> store.closeCleanly(node.brokerEpoch()))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.warn("the data folders could not be closed cleanly; the next start will recover", failure);
                    }
                })
                .exceptionally(failure -> null)
                .toCompletableFuture()
                .join();
        shutdown.run();
    }

    /**
     * Waits until what the control loop has told other brokers has been handed to their sockets: they should know of the
     * leaders that follow this one before it goes.
     */
    private void flushAnswers() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        control.execute(() -> told.complete(null));
        told.join();
        for (Loop loop : loops.loops().all()) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            loop.execute(() -> loop.execute(() -> sent.complete(null)));
            sent.join();
        }
    }

    /** Stops as a crash would, for tests: nothing is flushed, no manifest is written, the next start recovers. */
    public void crash() {
        listeners.forEach(Listener::close);
        shutdown.run();
    }
}
