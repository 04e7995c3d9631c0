package io.sluice.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;

/**
 * A cluster at one moment, as its brokers say it.
 *
 * @param id the cluster's
 * @param controller the broker that controls it, -1 while there is none
 * @param brokers by id: those that are registered, and those that are not but are to have replicas
 * @param partitions of all topics, the internal ones too, by topic and number
 */
record ClusterView(String id, int controller, SortedMap<Integer, Broker> brokers, List<Partition> partitions) {
    /** What a broker does. */
    enum State {
        RUNNING("running"),
        SHUTTING_DOWN("shutting down"),
        NOT_ANSWERING("not answering"),
        NOT_REGISTERED("not registered");

        private final String words;

        State(String words) {
            this.words = words;
        }

        @Override
        @JsonValue
        public String toString() {
            return words;
        }
    }

    /**
     * One broker and its share.
     *
     * @param rack empty if it does not say
     * @param address empty if it is not registered
     * @param cordoned whether it is given no new replicas
     * @param leads how many partitions it leads
     * @param replicas of how many it has a replica or is to have one
     * @param bytes on its disks, -1 if not known
     */
    record Broker(
            int id, String rack, String address, State state, boolean cordoned, int leads, int replicas, long bytes) {
        /** Whether new replicas may be placed on it. */
        @JsonIgnore
        boolean takesReplicas() {
            return state == State.RUNNING && !cordoned;
        }

        Node node() {
            int colon = address.lastIndexOf(':');
            return new Node(id, address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        }
    }

    /**
     * One partition.
     *
     * @param leader -1 when there is none
     * @param minInSync with how many replicas in sync, itself included, the leader takes records with acks=all
     * @param adding replicas that a move under way adds
     * @param removing replicas that it takes away at its end
     */
    record Partition(
            String topic,
            int partition,
            int leader,
            List<Integer> replicas,
            List<Integer> inSync,
            List<Integer> eligible,
            List<Integer> lastEligible,
            int minInSync,
            List<Integer> adding,
            List<Integer> removing) {
        TopicPartition key() {
            return new TopicPartition(topic, partition);
        }

        /** Replicas when nothing moves any more. */
        List<Integer> settled() {
            return without(replicas, removing);
        }

        /** Those that should be in sync and are not; what a move only adds need not be yet. */
        List<Integer> missing() {
            return without(without(replicas, inSync), adding);
        }

        @JsonProperty
        public boolean offline() {
            return leader < 0;
        }

        /** Whether acks=all is refused. */
        @JsonProperty
        public boolean underMinInSync() {
            return inSync.size() < minInSync;
        }

        @JsonProperty
        public boolean underReplicated() {
            return !missing().isEmpty();
        }

        boolean moves() {
            return !adding.isEmpty() || !removing.isEmpty();
        }

        private static List<Integer> without(List<Integer> ids, List<Integer> others) {
            return ids.stream().filter(id -> !others.contains(id)).toList();
        }

        @Override
        public String toString() {
            return topic + "-" + partition;
        }
    }

    State state(int broker) {
        return Optional.ofNullable(brokers.get(broker)).map(Broker::state).orElse(State.NOT_REGISTERED);
    }

    /** A broker that the user names; a failure that lists those there are. */
    Broker broker(int broker) {
        return Optional.ofNullable(brokers.get(broker))
                .orElseThrow(() -> new CommandFailure("there is no broker " + broker + ", only "
                        + brokers.keySet().stream().map(String::valueOf).collect(Collectors.joining(", "))));
    }

    int count(Predicate<Partition> which) {
        return (int) partitions.stream().filter(which).count();
    }

    Stream<Broker> takers() {
        return brokers.values().stream().filter(Broker::takesReplicas);
    }

    /** Replicas of all partitions as a planner wants them: what they are to be when no move is under way any more. */
    List<Placed> placed() {
        List<Placed> placed = new ArrayList<>();
        partitions.forEach(partition -> placed.add(new Placed(partition.key(), partition.settled())));
        return placed;
    }

    /** Racks of all brokers that say where they stand. */
    Map<Integer, String> racks() {
        return brokers.values().stream()
                .filter(broker -> !broker.rack().isEmpty())
                .collect(Collectors.toMap(Broker::id, Broker::rack));
    }
}
