package io.sluice.simulation;

import io.sluice.base.Loop;
import io.sluice.base.Loops;
import io.sluice.base.SeededEntropy;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterNode;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.NodeIdentity;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PeerService;
import io.sluice.engine.Engine;
import io.sluice.log.LoadProgress;
import io.sluice.log.LogStore;
import io.sluice.log.StoreConfig;
import io.sluice.log.StoreException;
import io.sluice.log.StoreIdentity;
import io.sluice.log.StoreListener;
import io.sluice.log.StorePorts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One life of a broker's process, put together from the real core as the server does it: the cluster is found, the logs
 * are recovered, the broker joins and serves.
 */
final class BrokerLife {
    private static final long GROUP_BYTES = 16 << 20;
    private static final long START_TIMEOUT_MS = 20_000;
    private static final long ANSWER_WITHIN_MS = 5_000;
    private static final long SESSION_MS = 6_000;
    private static final int LEAVE_ATTEMPTS = 5;

    private final World world;
    private final SimBroker broker;
    private final SimProcess process;
    private final SimLoop control;
    private final List<SimLoop> homes = new ArrayList<>();
    private final SimStore store;
    private final ClusterNode node;
    private @Nullable LogStore logs;
    private @Nullable Engine engine;
    private boolean serving;
    private boolean closedCleanly;
    /** The registration that the logs were told of, and the one that they have noted. */
    private long toldEpoch = -1;

    private long notedEpoch = -1;

    BrokerLife(SimBroker broker, SimProcess process, World world) {
        this.world = world;
        this.broker = broker;
        this.process = process;
        this.control = process.newLoop(0, "control");
        for (int i = 0; i < world.options().homeLoops(); i++) {
            homes.add(process.newLoop(i, "home"));
        }
        this.store = new SimStore(world.ensemble(), world.network(), broker.host(), process, control, SESSION_MS);
        this.node = new ClusterNode(
                control,
                store,
                new SimPeers(world, broker.host(), process, control),
                new SeededEntropy(world.chance().seed()),
                new ClusterNode.Options(
                        new NodeIdentity(broker.id(), broker.disk().directory(), Optional.empty()),
                        START_TIMEOUT_MS,
                        ANSWER_WITHIN_MS,
                        world.options().brokerSettings()));
    }

    /** Begins; how far it got shows in {@link #serving}. */
    void start() {
        broker.host().listen(process, homes.get(0));
        node.open(Optional.empty()).whenComplete((clusterId, failure) -> {
            if (failure != null) {
                broker.gaveUp(this, failure);
            } else {
                process.workers().execute(() -> openLogs(clusterId));
            }
        });
    }

    private void openLogs(String clusterId) {
        Loops loops = new Loops(List.<Loop>copyOf(homes));
        StorePorts ports = new StorePorts(broker.disk().files(), process.clock(), loops, process.workers());
        try {
            LogStore opened = LogStore.open(storeConfig(clusterId), ports, StoreListener.NONE);
            logs = opened;
            opened.load(LoadProgress.NONE).whenComplete((report, failure) -> {
                if (failure != null) {
                    broker.gaveUp(this, failure);
                } else {
                    broker.say("recovered " + report.logs() + " logs clean=" + report.clean() + " cuts=" + report.cuts()
                            + " corrupt=" + report.corrupt());
                    control.execute(() -> join(opened, loops));
                }
            });
        } catch (StoreException e) {
            broker.gaveUp(this, e);
        }
    }

    private void join(LogStore opened, Loops loops) {
        Engine made = new Engine(
                new Engine.Options(broker.id(), broker.settings(), GROUP_BYTES),
                node.cluster(),
                new SimLinks(world, broker.host(), process),
                opened,
                new Engine.Ports(loops, process.workers(), process.clock(), new SeededEntropy(broker.id())));
        engine = made;
        broker.watch(node.cluster());
        node.logEnds(made.logEnds());
        node.join(List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", broker.host().name(), 9092)), opened.proven())
                .whenComplete((image, failure) -> {
                    if (failure != null) {
                        broker.gaveUp(this, failure);
                        return;
                    }
                    made.start();
                    control.execute(() -> made.whenAllReady().thenRun(() -> serve(opened)));
                });
    }

    private void serve(LogStore opened) {
        opened.start();
        serving = true;
        broker.say("serves epoch=" + node.brokerEpoch());
    }

    private static StoreConfig storeConfig(String clusterId, int brokerId) {
        return StoreConfig.of(List.of(SimDisk.FOLDER), new StoreIdentity(clusterId, brokerId));
    }

    private StoreConfig storeConfig(String clusterId) {
        return storeConfig(clusterId, broker.id())
                .withBackground(new StoreConfig.Background(2_000, 64_000, 64, 1_500, 4_000, 86_400_000, 4_000))
                .withSpace(new StoreConfig.DiskSpace(0, 0, 1_000))
                .withMaxOpenFiles(8);
    }

    /**
     * Tells the logs of a registration once the controller has taken note of it: the next start can then prove what it
     * has. Not before, or a restart would prove what no controller knows, and not what one knows.
     */
    void noteEpoch() {
        LogStore opened = logs;
        long epoch = node.cluster()
                .image()
                .broker(broker.id())
                .map(BrokerInfo::epoch)
                .filter(known -> known == node.brokerEpoch())
                .orElse(-1L);
        if (opened != null && epoch >= 0 && epoch != toldEpoch) {
            toldEpoch = epoch;
            control.execute(() -> opened.beginEpoch(epoch).whenComplete((done, failure) -> {
                if (failure != null) {
                    broker.say("could not note its epoch " + epoch + ": " + failure);
                } else {
                    notedEpoch = epoch;
                }
            }));
        }
    }

    /** Whether a process that is killed now leaves the proof behind that nothing is lost (R14). */
    boolean canProve() {
        return notedEpoch >= 0
                && notedEpoch == toldEpoch
                && (node.brokerEpoch() < 0 || node.brokerEpoch() == notedEpoch);
    }

    /** Stops as an operator would; done when the process may end. */
    CompletionStage<Void> stop() {
        Engine made = engine;
        LogStore opened = logs;
        if (made == null || opened == null) {
            return node.close();
        }
        return leaveLeaderships(LEAVE_ATTEMPTS)
                .thenCompose(left -> made.close())
                .thenCompose(closed -> opened.closeCleanly(toldEpoch))
                .handle((closed, failure) -> {
                    closedCleanly = failure == null;
                    return closedCleanly;
                })
                .thenCompose(clean -> node.close());
    }

    /** Whether a shutdown has brought everything to the disk. */
    boolean closedCleanly() {
        return closedCleanly;
    }

    /** Asks the controller to give its leaderships to others, for a while (R20). */
    private CompletionStage<Void> leaveLeaderships(int attempts) {
        return node.cluster().leaveLeadership().thenCompose(outcome -> {
            boolean left = outcome instanceof Outcome.Done<Integer> done && done.value() == 0;
            if (left || attempts == 0) {
                broker.say(left ? "leads nothing any more" : "stops though it may still lead: " + outcome);
                return CompletableFuture.completedStage(null);
            }
            CompletableFuture<Void> again = new CompletableFuture<>();
            control.schedule(300, () -> leaveLeaderships(attempts - 1).thenRun(() -> again.complete(null)));
            return again;
        });
    }

    /** Takes what other brokers say. */
    PeerService peers() {
        return node.service();
    }

    SimStore store() {
        return store;
    }

    SimProcess process() {
        return process;
    }

    ClusterNode node() {
        return node;
    }

    /** The broker's heart, null until its logs are recovered. */
    @Nullable
    Engine engine() {
        return engine;
    }

    /** Whether it has come as far as serving clients. */
    boolean serving() {
        return serving;
    }
}
