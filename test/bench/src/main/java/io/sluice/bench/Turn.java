package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One side's turn in one round: who is measured, with how much work, and where the figures go. It lives as long as the
 * turn's brokers, if the workloads share some; one thread.
 */
final class Turn {
    private final Setup setup;
    private final Side side;
    private final int round;
    private final Peer peer;
    private final Optional<BrokerCluster> cluster;

    /** What all turns of a comparison share. */
    record Setup(
            Workspace workspace,
            Scale scale,
            Clients clients,
            Scores scores,
            Progress progress,
            Optional<Profiler> profiler) {}

    private Turn(Setup setup, Side side, int round, Peer peer, Optional<BrokerCluster> cluster) {
        this.setup = setup;
        this.side = side;
        this.round = round;
        this.peer = peer;
        this.cluster = cluster;
    }

    Scale scale() {
        return setup.scale();
    }

    Clients clients() {
        return setup.clients();
    }

    Side side() {
        return side;
    }

    Peer peer() {
        return peer;
    }

    /** A turn without brokers, for workloads that start their own. */
    static Turn of(Setup setup, Side side, int round, Peer peer) {
        return new Turn(setup, side, round, peer, Optional.empty());
    }

    /**
     * Does {@code work} on new brokers that end with it, and removes their data.
     *
     * @param count one, or as many as are to form a cluster
     */
    void onNewBrokers(int count, Detection detection, ClusterWork work) throws Exception {
        Path folder = setup.workspace().newFolder("cluster");
        List<Peer.Installation> installations = peer.install(folder, count, detection);
        try (BrokerCluster started = BrokerCluster.start(setup.workspace(), installations)) {
            onBrokers(started, work);
        }
        Workspace.delete(folder);
    }

    /** Says what the brokers printed last when the work fails: their folders are gone afterwards. */
    private void onBrokers(BrokerCluster started, ClusterWork work) throws Exception {
        try {
            work.on(new Turn(setup, side, round, peer, Optional.of(started)));
        } catch (Exception failed) {
            say("failed: " + failed.getMessage() + "\n" + started.outputTails());
            throw failed;
        }
    }

    /** A fresh data folder for a workload that starts its own broker. */
    Peer.Installation install(String name) throws IOException, InterruptedException {
        return peer.install(setup.workspace().newFolder(name), 1, Detection.DEFAULT)
                .get(0);
    }

    /** Spawns a broker of the workload's own; returns at once. */
    Broker spawn(Peer.Installation installation) throws IOException {
        return Broker.spawn(setup.workspace(), installation);
    }

    /** The turn's brokers, together. */
    BrokerCluster cluster() {
        return cluster.orElseThrow(() -> new IllegalStateException("this workload asked for no shared broker"));
    }

    /** The turn's broker, where there is only one. */
    Broker broker() {
        return cluster().broker(1);
    }

    /** A topic name that no other measurement uses. */
    String topicName(String workload) {
        return workload + "-round" + round + "-" + System.nanoTime() % 1_000_000;
    }

    void score(Metric metric, double value) {
        setup.scores().add(metric, side, value);
    }

    void score(Metric metric, Side column, double value) {
        setup.scores().add(metric, column, value);
    }

    void say(String line) {
        setup.progress().say("round " + round + "  " + peer.name() + "  " + line);
    }

    /** As {@link #measure(String, long, LoadRun)}, for work that leaves next to nothing in the page cache. */
    Measured measure(String label, LoadRun work) throws Exception {
        return measure(label, 0, work);
    }

    /**
     * Runs {@code work} with the CPU time of all brokers read before and after it. Dirty pages of earlier work are written
     * out first, so that the kernel does not write them back in the middle of this one.
     *
     * @param pageCacheBytes about how much the work writes to files
     */
    Measured measure(String label, long pageCacheBytes, LoadRun work) throws Exception {
        new ProcessBuilder("sync").start().waitFor();
        if (pageCacheBytes > 0) {
            FreeMemory.claim(setup.workspace().newFolder("memory"), pageCacheBytes);
        }
        BrokerCluster measured = cluster();
        if (setup.profiler().isPresent()) {
            measured.brokers().forEach(setup.profiler().get()::start);
        }
        double cpuBefore = measured.usage().cpuSeconds();
        Load load = work.run();
        double cpu = measured.usage().cpuSeconds() - cpuBefore;
        if (setup.profiler().isPresent()) {
            for (Broker broker : measured.brokers()) {
                setup.profiler().get().stop(broker, broker.name() + "-" + label + "-round" + round);
            }
        }
        return new Measured(load, cpu);
    }

    /** Checks that the broker holds exactly what it acknowledged: a fast loss must not count as speed. */
    void requireRecords(Topic topic, long expected) throws IOException, InterruptedException {
        try (Wire wire = broker().connect()) {
            long held = topic.recordCount(wire);
            if (held != expected) {
                throw new BenchException(peer.name() + " acknowledged " + expected + " records of " + topic.name()
                        + " and holds " + held);
            }
        }
    }

    /** What is done on brokers that were started for it; the turn's {@link #cluster} are those. */
    @FunctionalInterface
    interface ClusterWork {
        void on(Turn turn) throws Exception;
    }

    /** Something that puts load on the broker and returns when it is done. */
    @FunctionalInterface
    interface LoadRun {
        Load run() throws Exception;
    }

    /** A load and what it cost the brokers. */
    record Measured(Load load, double brokerCpuSeconds) {
        double cpuSecondsPerMillion() {
            return brokerCpuSeconds / (load.records() / 1e6);
        }
    }
}
