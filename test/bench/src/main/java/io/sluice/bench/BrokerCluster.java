package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The running brokers of one side, with the node ids 1, 2, ...: one, or several that form a cluster. Any of them can be
 * stopped, killed and started again. Used by one thread; the {@link Workspace} ends what is left.
 */
final class BrokerCluster implements AutoCloseable {
    private final Workspace workspace;
    private final List<Peer.Installation> installations;
    private final List<Broker> brokers = new ArrayList<>();

    private BrokerCluster(Workspace workspace, List<Peer.Installation> installations) {
        this.workspace = workspace;
        this.installations = List.copyOf(installations);
    }

    /** Spawns all brokers together, for none may be able to serve alone, and returns when each answers a client. */
    static BrokerCluster start(Workspace workspace, List<Peer.Installation> installations)
            throws IOException, InterruptedException {
        BrokerCluster cluster = new BrokerCluster(workspace, installations);
        try {
            for (Peer.Installation installation : installations) {
                cluster.brokers.add(Broker.spawn(workspace, installation));
            }
            for (Broker broker : cluster.brokers) {
                broker.awaitAnswer();
            }
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    int size() {
        return brokers.size();
    }

    List<Broker> brokers() {
        return List.copyOf(brokers);
    }

    Broker broker(int node) {
        return brokers.get(node - 1);
    }

    /** All brokers but this one. */
    List<Broker> without(int node) {
        Broker left = broker(node);
        return brokers.stream().filter(broker -> broker != left).toList();
    }

    InetSocketAddress address(int node) {
        return broker(node).address();
    }

    /** All brokers, as clients take them. */
    String bootstrap() {
        return brokers.stream().map(Broker::bootstrap).collect(Collectors.joining(","));
    }

    /** What all brokers together have used. */
    ProcessUsage usage() throws IOException {
        ProcessUsage sum = new ProcessUsage(0, 0);
        for (Broker broker : brokers) {
            sum = sum.plus(broker.usage());
        }
        return sum;
    }

    /** What all brokers together take of the machine's memory. */
    MemoryShare memoryShare() throws IOException {
        MemoryShare sum = new MemoryShare(0);
        for (Broker broker : brokers) {
            sum = sum.plus(broker.memoryShare());
        }
        return sum;
    }

    /** SIGKILL, and waits for the end. */
    void kill(int node) {
        broker(node).kill();
    }

    /** SIGTERM, and waits for the end. */
    void terminate(int node) throws InterruptedException {
        broker(node).terminate();
    }

    /** Starts a broker that was stopped or killed, on the data that it had, and returns when it answers a client. */
    void startAgain(int node) throws IOException, InterruptedException {
        Broker started = Broker.spawn(workspace, installations.get(node - 1));
        brokers.set(node - 1, started);
        started.awaitAnswer();
    }

    /** Fails when a broker has ended that nobody stopped. */
    void requireAlive() {
        brokers.forEach(Broker::requireAlive);
    }

    /** What each broker printed last, for an error's message. */
    String outputTails() {
        return brokers.stream()
                .map(broker -> broker.name() + ":\n" + broker.outputTail())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        brokers.forEach(Broker::close);
    }
}
