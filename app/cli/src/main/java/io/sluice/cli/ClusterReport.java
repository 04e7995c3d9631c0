package io.sluice.cli;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/**
 * How a cluster does, as its brokers say it; {@code --json} prints it as it stands. A figure of -1 is not known.
 *
 * @param id the cluster's
 * @param controller the broker that controls it
 * @param partitions of all topics, the internal ones too
 * @param underReplicated those with fewer replicas in sync than they have
 * @param offline those without a leader
 * @param brokers by id, those that the cluster knows alive
 */
record ClusterReport(
        String id, int controller, int partitions, int underReplicated, int offline, Map<Integer, Broker> brokers) {
    static final ClusterReport UNKNOWN = new ClusterReport("", -1, -1, -1, -1, Map.of());

    /**
     * One broker's share.
     *
     * @param leads how many partitions it leads
     * @param holds of how many it has a replica
     * @param inSync how many of these are in sync
     */
    record Broker(int leads, int holds, int inSync) {
        static final Broker IDLE = new Broker(0, 0, 0);

        Broker plus(Broker other) {
            return new Broker(leads + other.leads, holds + other.holds, inSync + other.inSync);
        }
    }

    /** Asks for it; empty when no broker answers in time. */
    static Optional<ClusterReport> ask(Admin admin) {
        DescribeClusterResult cluster = admin.describeCluster();
        Optional<Collection<Node>> nodes = Answer.ifKnown(cluster.nodes());
        if (nodes.isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, Broker> brokers = new TreeMap<>();
        nodes.get().forEach(node -> brokers.put(node.id(), Broker.IDLE));
        int controller = Answer.ifKnown(cluster.controller().thenApply(ClusterReport::id))
                .orElse(-1);
        String id = Answer.ifKnown(cluster.clusterId()).orElse("");
        Optional<Map<String, TopicDescription>> topics = topics(admin);
        return Optional.of(
                topics.isEmpty()
                        ? new ClusterReport(id, controller, -1, -1, -1, brokers)
                        : counted(id, controller, topics.get(), brokers));
    }

    /** There is no controller while one is elected. */
    private static int id(@Nullable Node node) {
        return node == null || node.isEmpty() ? -1 : node.id();
    }

    private static Optional<Map<String, TopicDescription>> topics(Admin admin) {
        return Answer.ifKnown(admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .names())
                .flatMap(names -> Answer.ifKnown(admin.describeTopics(names).allTopicNames()));
    }

    private static ClusterReport counted(
            String id, int controller, Map<String, TopicDescription> topics, Map<Integer, Broker> brokers) {
        int partitions = 0;
        int underReplicated = 0;
        int offline = 0;
        for (TopicDescription topic : topics.values()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                partitions++;
                underReplicated += partition.isr().size() < partition.replicas().size() ? 1 : 0;
                offline += leads(partition).isEmpty() ? 1 : 0;
                leads(partition).ifPresent(leader -> brokers.merge(leader, new Broker(1, 0, 0), Broker::plus));
                partition.replicas().forEach(node -> brokers.merge(node.id(), new Broker(0, 1, 0), Broker::plus));
                partition.isr().forEach(node -> brokers.merge(node.id(), new Broker(0, 0, 1), Broker::plus));
            }
        }
        return new ClusterReport(id, controller, partitions, underReplicated, offline, brokers);
    }

    private static Optional<Integer> leads(TopicPartitionInfo partition) {
        return Optional.ofNullable(partition.leader())
                .filter(node -> !node.isEmpty())
                .map(Node::id);
    }
}
