package io.sluice.bench;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;

/** What the brokers of a cluster say of themselves, asked with the official admin client. Used by one thread. */
final class ClusterView implements AutoCloseable {
    /** Of every topic that is measured here: a record is acknowledged when two brokers have it. */
    private static final Map<String, String> CONFIGS = Map.of("min.insync.replicas", "2");

    private static final Duration IN_SYNC_LIMIT = Duration.ofMinutes(3);
    private static final int POLL_MS = 20;

    private final BrokerCluster cluster;
    private final Peer peer;
    private final Admin admin;

    ClusterView(BrokerCluster cluster, Peer peer) {
        this.cluster = cluster;
        this.peer = peer;
        this.admin = JavaClients.admin(cluster.bootstrap(), JavaClients.QUICK_RETRIES);
    }

    static ClusterView of(Turn turn) {
        return new ClusterView(turn.cluster(), turn.peer());
    }

    /** Creates a topic with a replica on each broker, and returns when all replicas are in sync and every leader serves. */
    Topic create(String name, int partitions) throws ExecutionException, InterruptedException {
        awaitMembers();
        NewTopic topic = new NewTopic(name, partitions, (short) cluster.size()).configs(CONFIGS);
        CreateTopicsResult created = admin.createTopics(List.of(topic));
        Topic result = new Topic(name, created.topicId(name).get(), partitions);
        awaitInSync(List.of(result));
        awaitServing(result);
        return result;
    }

    int controller() throws ExecutionException, InterruptedException {
        return peer.controller(admin);
    }

    /** The leader of each partition, by the partition's index. */
    List<Integer> leaders(Topic topic) throws ExecutionException, InterruptedException {
        return describe(List.of(topic)).get(0).partitions().stream()
                .map(found -> leader(found)
                        .orElseThrow(
                                () -> new BenchException(topic.name() + "-" + found.partition() + " has no leader")))
                .toList();
    }

    /** Where the leader of each partition listens, by the partition's index. */
    List<InetSocketAddress> leaderAddresses(Topic topic) throws ExecutionException, InterruptedException {
        return leaders(topic).stream().map(cluster::address).toList();
    }

    /** Returns when every broker is a member, every partition has a leader and all its replicas are in sync. */
    void awaitInSync(List<Topic> topics) throws ExecutionException, InterruptedException {
        awaitMembers();
        awaitNothing(() -> describe(topics).stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(found -> leader(found).isEmpty() || found.isr().size() < cluster.size())
                        .map(found -> topic.name() + "-" + found.partition() + " to be in sync: " + found))
                .toList());
    }

    private void awaitMembers() throws ExecutionException, InterruptedException {
        awaitNothing(() -> {
            Collection<Node> members = admin.describeCluster().nodes().get();
            return members.size() == cluster.size()
                    ? List.of()
                    : List.of("the cluster to have " + cluster.size() + " brokers: " + members);
        });
    }

    /** A broker may know whom it leads by its metadata before it does so: the lean client would be refused. */
    private void awaitServing(Topic topic) throws ExecutionException, InterruptedException {
        awaitNothing(() -> {
            endOffsets(topic);
            return List.of();
        });
    }

    /** Checks that the cluster holds exactly what it acknowledged: what was lost or written twice is no merit. */
    void requireRecords(Topic topic, long acknowledged) throws ExecutionException, InterruptedException {
        long held = endOffsets(topic);
        if (held != acknowledged) {
            throw new BenchException(peer.name() + " acknowledged " + acknowledged + " records of " + topic.name()
                    + " and holds " + held);
        }
    }

    /** The sum over the topic's partitions, each asked of its leader. */
    private long endOffsets(Topic topic) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .sum();
    }

    void delete(Topic topic) throws ExecutionException, InterruptedException {
        admin.deleteTopics(List.of(topic.name())).all().get();
    }

    private List<TopicDescription> describe(List<Topic> topics) throws ExecutionException, InterruptedException {
        List<String> names = topics.stream().map(Topic::name).toList();
        return List.copyOf(admin.describeTopics(names).allTopicNames().get().values());
    }

    private static Optional<Integer> leader(TopicPartitionInfo partition) {
        return Optional.ofNullable(partition.leader())
                .filter(node -> !node.isEmpty())
                .map(node -> node.id());
    }

    /** Asks until nothing is missing; every broker is to be alive all the time. */
    private void awaitNothing(Missing missing) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + IN_SYNC_LIMIT.toNanos();
        while (true) {
            List<String> left = ask(missing);
            if (left.isEmpty()) {
                return;
            }
            cluster.requireAlive();
            if (System.nanoTime() > deadline) {
                throw new BenchException(peer.name() + ": waited " + IN_SYNC_LIMIT.toMinutes() + " minutes in vain for "
                        + left.get(0) + " (and " + (left.size() - 1) + " more)");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    /** A broker that cannot answer yet is asked again. */
    private static List<String> ask(Missing missing) throws ExecutionException, InterruptedException {
        try {
            return missing.ask();
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof RetriableException) {
                return List.of("an answer: " + refused.getCause());
            }
            throw refused;
        }
    }

    @Override
    public void close() {
        admin.close();
    }

    /** What is not yet as it should be, in words. */
    @FunctionalInterface
    private interface Missing {
        List<String> ask() throws ExecutionException, InterruptedException;
    }
}
