package io.sluice.cli;

import io.sluice.cli.ClusterView.Broker;
import io.sluice.cli.ClusterView.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Reads a {@link ClusterView} through Kafka's admin requests, so that any Kafka broker can be asked. */
final class ClusterReader {
    static final String CORDONED = "sluice.broker.cordoned";
    private static final String MIN_IN_SYNC = "min.insync.replicas";
    /** So long a single broker is waited for: one that hangs shall not hold up the answer for as long as all. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Admin admin;
    private final int patienceMs;

    ClusterReader(Admin admin, BrokerOptions broker) {
        this.admin = admin;
        this.patienceMs = (int) Math.min(PATIENCE.toMillis(), broker.timeout().toMillis());
    }

    /** Of the cluster that the options name. */
    static ClusterView read(BrokerOptions broker) {
        try (Admin admin = broker.impatientAdmin(PATIENCE)) {
            return new ClusterReader(admin, broker).read();
        }
    }

    private ClusterView read() {
        DescribeClusterResult cluster = describeCluster();
        Collection<Node> nodes = Answer.of(cluster.nodes(), "cluster");
        int controller = Answer.ifKnown(cluster.controller().thenApply(ClusterReader::id))
                .orElse(-1);
        String id = Answer.ifKnown(cluster.clusterId()).orElse("");
        List<ClusterView.Partition> partitions = partitions(new Topics(admin).names(true));
        return new ClusterView(id, controller, brokers(nodes, partitions), partitions);
    }

    /** With brokers that are fenced, where the cluster can tell of them. */
    private DescribeClusterResult describeCluster() {
        DescribeClusterResult all = admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true));
        try {
            all.nodes().get();
            return all;
        } catch (ExecutionException e) {
            return e.getCause() instanceof UnsupportedVersionException ? admin.describeCluster() : all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return all;
        }
    }

    private static int id(@Nullable Node node) {
        return node == null || node.isEmpty() ? -1 : node.id();
    }

    /** Of some topics. */
    List<ClusterView.Partition> partitions(Collection<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        Map<String, Integer> minInSync = minInSync(names);
        Map<TopicPartition, PartitionReassignment> moves =
                Answer.of(admin.listPartitionReassignments().reassignments(), "moves");
        List<ClusterView.Partition> partitions = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(names).topicNameValues();
        for (String name : names) {
            // A topic that was deleted in between is not a failure.
            Optional.ofNullable(asked.get(name)).flatMap(Answer::ifKnown).ifPresent(topic -> topic.partitions().stream()
                    .sorted(Comparator.comparingInt(TopicPartitionInfo::partition))
                    .forEach(info -> partitions.add(partition(name, info, minInSync.getOrDefault(name, 1), moves))));
        }
        return partitions;
    }

    private static ClusterView.Partition partition(
            String topic, TopicPartitionInfo info, int minInSync, Map<TopicPartition, PartitionReassignment> moves) {
        Optional<PartitionReassignment> move =
                Optional.ofNullable(moves.get(new TopicPartition(topic, info.partition())));
        List<Integer> replicas = ids(info.replicas());
        return new ClusterView.Partition(
                topic,
                info.partition(),
                id(info.leader()),
                replicas,
                ids(info.isr()),
                ids(info.elr()),
                ids(info.lastKnownElr()),
                Math.min(minInSync, replicas.size()),
                move.map(PartitionReassignment::addingReplicas).orElse(List.of()),
                move.map(PartitionReassignment::removingReplicas).orElse(List.of()));
    }

    /** Empty where the broker does not know of such a set (KIP-966). */
    static List<Integer> ids(@Nullable List<Node> nodes) {
        return nodes == null ? List.of() : nodes.stream().map(Node::id).toList();
    }

    private Map<String, Integer> minInSync(Collection<String> topics) {
        Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(topics.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .values();
        Map<String, Integer> told = new HashMap<>();
        asked.forEach((topic, config) -> Answer.ifKnown(config)
                .map(known -> known.get(MIN_IN_SYNC))
                .ifPresent(entry -> told.put(topic.name(), Integer.parseInt(entry.value()))));
        return told;
    }

    private SortedMap<Integer, Broker> brokers(Collection<Node> nodes, List<ClusterView.Partition> partitions) {
        // Both are asked before the answer to either is waited for: of a broker that hangs neither comes.
        Map<Integer, KafkaFuture<Map<String, LogDirDescription>>> folders = admin.describeLogDirs(
                        nodes.stream().map(Node::id).toList(), new DescribeLogDirsOptions().timeoutMs(patienceMs))
                .descriptions();
        Map<ConfigResource, KafkaFuture<Config>> settings = admin.describeConfigs(
                        nodes.stream()
                                .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
                                .toList(),
                        new DescribeConfigsOptions().timeoutMs(patienceMs))
                .values();
        Map<Integer, Long> bytes = bytes(folders);
        Set<Integer> cordoned = cordoned(settings);
        SortedMap<Integer, Broker> brokers = new TreeMap<>();
        for (Node node : nodes) {
            String rack = node.hasRack() ? node.rack() : "";
            boolean answers = bytes.containsKey(node.id());
            State state = answers ? node.isFenced() ? State.SHUTTING_DOWN : State.RUNNING : State.NOT_ANSWERING;
            if (node.isFenced() && !answers) {
                state = State.NOT_REGISTERED; // to Kafka a broker is fenced before it serves and once it is gone
            }
            brokers.put(
                    node.id(),
                    new Broker(
                            node.id(),
                            rack,
                            node.host() + ":" + node.port(),
                            state,
                            cordoned.contains(node.id()),
                            0,
                            0,
                            bytes.getOrDefault(node.id(), -1L)));
        }
        for (ClusterView.Partition partition : partitions) {
            partition.replicas().forEach(id -> brokers.merge(id, gone(id), ClusterReader::withReplica));
            brokers.computeIfPresent(partition.leader(), (id, broker) -> withLeader(broker));
        }
        return brokers;
    }

    private static Broker gone(int id) {
        return new Broker(id, "", "", State.NOT_REGISTERED, false, 0, 1, -1);
    }

    private static Broker withReplica(Broker broker, Broker one) {
        return new Broker(
                broker.id(),
                broker.rack(),
                broker.address(),
                broker.state(),
                broker.cordoned(),
                broker.leads(),
                broker.replicas() + one.replicas(),
                broker.bytes());
    }

    private static Broker withLeader(Broker broker) {
        return new Broker(
                broker.id(),
                broker.rack(),
                broker.address(),
                broker.state(),
                broker.cordoned(),
                broker.leads() + 1,
                broker.replicas(),
                broker.bytes());
    }

    /** What lies on the disks of each broker that answers. */
    private static Map<Integer, Long> bytes(Map<Integer, KafkaFuture<Map<String, LogDirDescription>>> asked) {
        Map<Integer, Long> bytes = new HashMap<>();
        asked.forEach((id, folders) -> Answer.ifKnown(folders).ifPresent(known -> bytes.put(id, sum(known))));
        return bytes;
    }

    private static long sum(Map<String, LogDirDescription> folders) {
        return folders.values().stream()
                .flatMap(folder -> folder.replicaInfos().values().stream())
                .mapToLong(ReplicaInfo::size)
                .sum();
    }

    private static Set<Integer> cordoned(Map<ConfigResource, KafkaFuture<Config>> asked) {
        Set<Integer> cordoned = new HashSet<>();
        asked.forEach((broker, settings) -> {
            @Nullable
            ConfigEntry entry =
                    Answer.ifKnown(settings).map(known -> known.get(CORDONED)).orElse(null);
            if (entry != null && Boolean.parseBoolean(entry.value())) {
                cordoned.add(Integer.parseInt(broker.name()));
            }
        });
        return cordoned;
    }
}
