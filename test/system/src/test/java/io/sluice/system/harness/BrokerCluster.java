package io.sluice.system.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Brokers in processes of their own that form one cluster, their ensemble of ZooKeeper embedded unless the settings name
 * another; on loopback and on the build's disk, unless they are placed elsewhere. Node ids are 1, 2, 3, …. Owned by one
 * test thread.
 */
public final class BrokerCluster implements AutoCloseable {
    /** ZooKeeper's client, quorum and election ports. */
    public static final int COORDINATION_PORTS = 3;

    private final Map<Integer, BrokerProcess> brokers = new TreeMap<>();
    private final Map<Integer, Integer> coordination = new LinkedHashMap<>();

    private BrokerCluster() {}

    /** Where a broker runs: its address, its disk, what its command is wrapped in. */
    @FunctionalInterface
    public interface Placement {
        BrokerSpec place(int id, BrokerSpec spec);
    }

    /** Starts {@code nodes} brokers at once and waits until all of them know each other. */
    public static BrokerCluster start(String purpose, int nodes, Map<String, String> settings) {
        return start(purpose, nodes, settings, (id, spec) -> spec);
    }

    /** Starts {@code nodes} brokers at once where they are placed and waits until all of them know each other. */
    public static BrokerCluster start(String purpose, int nodes, Map<String, String> settings, Placement placement) {
        BrokerCluster cluster = new BrokerCluster();
        Map<Integer, BrokerSpec> specs = new TreeMap<>();
        int firstPort = Ports.freeRow(nodes * COORDINATION_PORTS);
        for (int id = 1; id <= nodes; id++) {
            specs.put(
                    id, placement.place(id, BrokerSpec.fresh(purpose + "-" + id).heap("256m")));
            cluster.coordination.put(id, firstPort + (id - 1) * COORDINATION_PORTS);
        }
        String members = specs.keySet().stream()
                .map(id -> id + "@" + specs.get(id).host() + ":" + cluster.coordination.get(id))
                .collect(Collectors.joining(","));
        try {
            specs.forEach((id, placed) -> {
                BrokerSpec spec = placed.set("node.id", Integer.toString(id))
                        .set("default.replication.factor", Integer.toString(Math.min(3, nodes)))
                        .set("offsets.topic.replication.factor", Integer.toString(Math.min(3, nodes)));
                if (!settings.containsKey("zookeeper.connect")) {
                    spec = spec.set("sluice.cluster", members);
                }
                for (Map.Entry<String, String> setting : settings.entrySet()) {
                    spec = spec.set(setting.getKey(), setting.getValue());
                }
                cluster.brokers.put(id, BrokerProcess.launched(spec));
            });
            cluster.awaitAll();
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /** Returns once every process serves and each knows all. */
    public void awaitAll() {
        brokers.values().forEach(BrokerProcess::awaitReady);
        await("every broker knows all", Duration.ofSeconds(60), () -> brokers.values().stream()
                .allMatch(broker -> known(broker).equals(brokers.keySet())));
    }

    private static Set<Integer> known(BrokerProcess broker) {
        try (Admin admin = admin(broker.bootstrap())) {
            Set<Integer> ids = new TreeSet<>();
            for (Node node : admin.describeCluster().nodes().get(10, TimeUnit.SECONDS)) {
                ids.add(node.id());
            }
            return ids;
        } catch (Exception notNow) {
            return Set.of();
        }
    }

    public BrokerProcess node(int id) {
        return brokers.get(id);
    }

    /** The first of the three ports on which a broker's member of the ensemble listens. */
    public int coordinationPort(int id) {
        return coordination.get(id);
    }

    public Set<Integer> ids() {
        return brokers.keySet();
    }

    /** All brokers, for a client that shall survive the loss of any. */
    public String bootstrap() {
        return brokers.values().stream().map(BrokerProcess::bootstrap).collect(Collectors.joining(","));
    }

    public Admin admin() {
        return admin(bootstrap());
    }

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.of(
                "bootstrap.servers", bootstrap,
                "reconnect.backoff.ms", 20,
                "reconnect.backoff.max.ms", 100,
                "request.timeout.ms", 5_000,
                "default.api.timeout.ms", 20_000));
    }

    /** The broker that leads a partition now, as clients are told. */
    public Optional<Integer> leader(Admin admin, String topic, int partition) {
        return info(admin, topic)
                .flatMap(found ->
                        Optional.ofNullable(found.partitions().get(partition).leader()))
                .map(Node::id)
                .filter(id -> id >= 0);
    }

    /** Waits until all replicas of these topics are in sync and led. */
    public void awaitInSync(Admin admin, List<String> topics, Duration limit) {
        for (String topic : topics) {
            await("all replicas of " + topic + " are in sync", limit, () -> info(admin, topic)
                    .map(found -> found.partitions().stream().allMatch(BrokerCluster::isWhole))
                    .orElse(false));
        }
    }

    /** Waits until all replicas of all topics are in sync and led. Topics may come and go meanwhile. */
    public void awaitWhole(Admin admin, Duration limit) {
        await("all replicas of all topics are in sync", limit, () -> allAreWhole(admin));
    }

    private static boolean allAreWhole(Admin admin) {
        try {
            Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get(15, TimeUnit.SECONDS);
            for (KafkaFuture<TopicDescription> topic :
                    admin.describeTopics(names).topicNameValues().values()) {
                if (!isWholeOrGone(topic)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException notNow) {
            return false;
        }
    }

    private static boolean isWholeOrGone(KafkaFuture<TopicDescription> topic)
            throws InterruptedException, TimeoutException, ExecutionException {
        try {
            return topic.get(15, TimeUnit.SECONDS).partitions().stream().allMatch(BrokerCluster::isWhole);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return true;
            }
            throw e;
        }
    }

    private static boolean isWhole(TopicPartitionInfo partition) {
        return partition.leader() != null
                && partition.leader().id() >= 0
                && partition.isr().size() == partition.replicas().size();
    }

    private static Optional<TopicDescription> info(Admin admin, String topic) {
        try {
            return Optional.ofNullable(admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(15, TimeUnit.SECONDS)
                    .get(topic));
        } catch (Exception notNow) {
            return Optional.empty();
        }
    }

    /** Waits for a condition, looking often. Fails with the ends of all brokers' logs when the time is up. */
    public void await(String what, Duration limit, Condition condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit + ": " + what + "\n" + logs(broker -> true));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** What is waited for. */
    @FunctionalInterface
    public interface Condition {
        boolean holds();
    }

    /** The last lines of the brokers' logs. */
    public String logs(Predicate<BrokerProcess> which) {
        List<String> ends = new ArrayList<>();
        for (Map.Entry<Integer, BrokerProcess> broker : brokers.entrySet()) {
            if (which.test(broker.getValue())) {
                String log = broker.getValue().log();
                ends.add("--- broker " + broker.getKey() + "\n" + log.substring(Math.max(0, log.length() - 2500)));
            }
        }
        return String.join("\n", ends);
    }

    /** Stops all brokers cleanly, at once. */
    public void stopAll() {
        List<Thread> stops = new ArrayList<>();
        for (BrokerProcess broker : brokers.values()) {
            if (broker.alive()) {
                Thread stop = new Thread(() -> broker.stopOrKill(Duration.ofSeconds(30)));
                stop.start();
                stops.add(stop);
            }
        }
        for (Thread stop : stops) {
            try {
                stop.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        brokers.values().forEach(BrokerProcess::close);
    }
}
