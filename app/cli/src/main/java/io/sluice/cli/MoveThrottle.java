package io.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Holds the copying of moves to a rate, by the settings that Kafka has for it (KIP-73): topics name the replicas, brokers
 * keep the rate. What it sets lies in the cluster, so it outlives the command, and any later run can take it off. Of what
 * others have set a {@code *} is left as it is.
 */
final class MoveThrottle {
    private static final String GIVING = "leader.replication.throttled.replicas";
    private static final String TAKING = "follower.replication.throttled.replicas";
    private static final List<String> RATES =
            List.of("leader.replication.throttled.rate", "follower.replication.throttled.rate");
    private static final String ALL = "*";

    private final Admin admin;

    MoveThrottle(Admin admin) {
        this.admin = admin;
    }

    /** Lets these moves copy no more than so many bytes a second from and to each broker. */
    void set(Collection<MovePlan.Move> moves, long bytesPerSecond) {
        Map<String, Map<String, Set<String>>> wanted = new TreeMap<>();
        Set<Integer> brokers = new TreeSet<>();
        for (MovePlan.Move move : moves) {
            if (move.copies() == 0) {
                continue;
            }
            Map<String, Set<String>> ofTopic = wanted.computeIfAbsent(move.topic(), topic -> new LinkedHashMap<>());
            move.from().forEach(broker -> put(ofTopic, GIVING, move.partition(), broker));
            move.to().stream()
                    .filter(broker -> !move.from().contains(broker))
                    .forEach(broker -> put(ofTopic, TAKING, move.partition(), broker));
            brokers.addAll(move.from());
            brokers.addAll(move.to());
        }
        // The rates first: without them named replicas are copied as fast as it goes.
        setRates(brokers, bytesPerSecond);
        Map<String, Map<String, List<String>>> present = throttled(wanted.keySet());
        Map<ConfigResource, Collection<AlterConfigOp>> request = new LinkedHashMap<>();
        wanted.forEach((topic, lists) -> {
            List<AlterConfigOp> ops = new ArrayList<>();
            lists.forEach((name, replicas) -> {
                if (!present.getOrDefault(topic, Map.of())
                        .getOrDefault(name, List.of())
                        .contains(ALL)) {
                    ops.add(op(OpType.APPEND, name, String.join(",", replicas)));
                }
            });
            request.put(resource(topic), ops);
        });
        alter(request);
    }

    private static void put(Map<String, Set<String>> lists, String name, int partition, int broker) {
        lists.computeIfAbsent(name, list -> new TreeSet<>()).add(partition + ":" + broker);
    }

    private void setRates(Set<Integer> brokers, long bytesPerSecond) {
        List<AlterConfigOp> ops = RATES.stream()
                .map(name -> op(OpType.SET, name, Long.toString(bytesPerSecond)))
                .toList();
        Map<ConfigResource, Collection<AlterConfigOp>> request = new LinkedHashMap<>();
        running().filter(brokers::contains).forEach(broker -> request.put(resource(broker), ops));
        alter(request);
    }

    /**
     * Takes throttles off partitions that do not move any more, and with the last of them the rates off all brokers.
     *
     * @param topics which to look after
     * @return the partitions of these topics that move on and are throttled
     */
    Set<TopicPartition> clearEnded(Predicate<String> topics) {
        Set<TopicPartition> moving = Answer.of(
                        admin.listPartitionReassignments().reassignments(), "moves")
                .keySet();
        Map<ConfigResource, Collection<AlterConfigOp>> request = new LinkedHashMap<>();
        Set<TopicPartition> goOn = new LinkedHashSet<>();
        boolean anyLeft = false;
        for (Map.Entry<String, Map<String, List<String>>> each :
                throttled(new Topics(admin).names(true)).entrySet()) {
            String topic = each.getKey();
            for (Map.Entry<String, List<String>> list : each.getValue().entrySet()) {
                List<String> ended = topics.test(topic) ? ended(topic, list.getValue(), moving) : List.of();
                List<String> left = new ArrayList<>(list.getValue());
                left.removeAll(ended);
                anyLeft |= !left.isEmpty();
                if (!ended.isEmpty()) {
                    request.computeIfAbsent(resource(topic), resource -> new ArrayList<>())
                            .add(without(list.getKey(), ended, left));
                }
                left.stream()
                        .filter(replica -> topics.test(topic) && !replica.equals(ALL))
                        .forEach(replica -> goOn.add(partition(topic, replica)));
            }
        }
        alter(request);
        if (!anyLeft && !request.isEmpty()) {
            clearRates();
        }
        return goOn;
    }

    private static AlterConfigOp without(String name, List<String> ended, List<String> left) {
        return left.isEmpty() ? op(OpType.DELETE, name, "") : op(OpType.SUBTRACT, name, String.join(",", ended));
    }

    private static List<String> ended(String topic, List<String> replicas, Set<TopicPartition> moving) {
        return replicas.stream()
                .filter(replica -> !replica.equals(ALL) && !moving.contains(partition(topic, replica)))
                .toList();
    }

    private static TopicPartition partition(String topic, String replica) {
        return new TopicPartition(topic, Integer.parseInt(replica.substring(0, replica.indexOf(':'))));
    }

    private void clearRates() {
        Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(
                        running().map(MoveThrottle::resource).toList())
                .values();
        Map<ConfigResource, Collection<AlterConfigOp>> request = new LinkedHashMap<>();
        asked.forEach((broker, told) -> {
            Optional<Config> config = Answer.ifKnown(told);
            List<AlterConfigOp> ops = RATES.stream()
                    .filter(name -> config.map(known -> known.get(name))
                            .filter(entry -> entry.source() == ConfigSource.DYNAMIC_BROKER_CONFIG)
                            .isPresent())
                    .map(name -> op(OpType.DELETE, name, ""))
                    .toList();
            if (!ops.isEmpty()) {
                request.put(broker, ops);
            }
        });
        alter(request);
    }

    /** By topic the lists that are set on it, as far as they name anything. */
    private Map<String, Map<String, List<String>>> throttled(Collection<String> topics) {
        Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(
                        topics.stream().map(MoveThrottle::resource).toList())
                .values();
        Map<String, Map<String, List<String>>> throttled = new TreeMap<>();
        asked.forEach((topic, told) -> {
            Map<String, List<String>> lists = new HashMap<>();
            Answer.ifKnown(told).ifPresent(config -> Stream.of(GIVING, TAKING).forEach(name -> {
                List<String> replicas = Optional.ofNullable(config.get(name))
                        .filter(entry -> entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG)
                        .map(entry -> entry.value() == null ? "" : entry.value())
                        .map(value -> Stream.of(value.split(","))
                                .map(String::strip)
                                .filter(item -> !item.isEmpty())
                                .toList())
                        .orElse(List.of());
                if (!replicas.isEmpty()) {
                    lists.put(name, replicas);
                }
            }));
            if (!lists.isEmpty()) {
                throttled.put(topic.name(), lists);
            }
        });
        return throttled;
    }

    /** Those that can be told: a broker that is away keeps what it has, which without named replicas does nothing. */
    private Stream<Integer> running() {
        return Answer.of(admin.describeCluster().nodes(), "cluster").stream()
                .map(Node::id)
                .sorted();
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static ConfigResource resource(int broker) {
        return new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(broker));
    }

    private static AlterConfigOp op(OpType type, String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private void alter(Map<ConfigResource, Collection<AlterConfigOp>> request) {
        request.values().removeIf(Collection::isEmpty);
        if (!request.isEmpty()) {
            admin.incrementalAlterConfigs(request)
                    .values()
                    .forEach((resource, asked) -> Answer.of(asked, "the throttle of " + subject(resource)));
        }
    }

    private static String subject(ConfigResource resource) {
        return resource.type() == ConfigResource.Type.TOPIC
                ? Topics.subject(resource.name())
                : "broker " + resource.name();
    }
}
