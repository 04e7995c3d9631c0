package io.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * Plans where replicas go: begins with where they are, is told what to change, and says at the end what has changed. It
 * decides by numbers alone and asks nobody, so the same question has the same answer.
 *
 * <p>Whatever it does, no partition is on one broker twice, only brokers that take replicas are given any, and no partition
 * is on fewer racks than before unless there is no other place for it.
 */
final class ReplicaPlanner {
    private final Map<TopicPartition, Placed> before = new LinkedHashMap<>();
    private final Map<TopicPartition, Placed> now = new LinkedHashMap<>();
    private final SortedSet<Integer> takers;
    private final Map<Integer, String> racks;
    private final Map<Integer, SortedSet<TopicPartition>> heldBy = new TreeMap<>();

    /**
     * @param takers brokers that may be given replicas
     * @param racks of brokers that say where they stand
     */
    ReplicaPlanner(Collection<Placed> placed, Collection<Integer> takers, Map<Integer, String> racks) {
        this.takers = new TreeSet<>(takers);
        this.racks = Map.copyOf(racks);
        this.takers.forEach(id -> heldBy.put(id, inOrder()));
        for (Placed each : placed) {
            before.put(each.partition(), each);
            now.put(each.partition(), each);
            each.replicas().forEach(id -> heldBy.computeIfAbsent(id, broker -> inOrder())
                    .add(each.partition()));
        }
    }

    static ReplicaPlanner of(ClusterView view) {
        return new ReplicaPlanner(
                view.placed(), view.takers().map(ClusterView.Broker::id).toList(), view.racks());
    }

    private static SortedSet<TopicPartition> inOrder() {
        return new TreeSet<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
    }

    /** What has changed, in the order in which the partitions were given. */
    List<Placed> changes() {
        return now.values().stream()
                .filter(placed -> !placed.equals(before.get(placed.partition())))
                .toList();
    }

    /** Where a partition was at first. */
    Placed before(TopicPartition partition) {
        return Optional.ofNullable(before.get(partition))
                .orElseThrow(() -> new CommandFailure("there is no partition " + partition));
    }

    /** Takes all replicas off a broker; returns the partitions for whose replica no other broker has a place. */
    List<TopicPartition> drain(int broker) {
        List<TopicPartition> stuck = new ArrayList<>();
        for (TopicPartition partition : List.copyOf(heldBy.getOrDefault(broker, inOrder()))) {
            Optional<Integer> place = place(partition, List.of(broker), takers);
            place.ifPresentOrElse(to -> replace(partition, broker, to), () -> stuck.add(partition));
        }
        return stuck;
    }

    /** Puts a partition on {@code count} of the brokers {@code allowed}, leaving it where it is on one of them already. */
    void fit(TopicPartition partition, Collection<Integer> allowed, int count) {
        List<Integer> wrong = before(partition).replicas().stream()
                .filter(id -> !allowed.contains(id))
                .toList();
        for (int id : wrong) {
            List<Integer> replicas = replicas(partition);
            Optional<Integer> place = replicas.size() > count ? Optional.empty() : place(partition, wrong, allowed);
            place.ifPresentOrElse(to -> replace(partition, id, to), () -> {
                List<Integer> fewer = new ArrayList<>(replicas);
                fewer.remove(Integer.valueOf(id));
                put(partition, fewer);
            });
        }
        while (replicas(partition).size() > count) {
            put(partition, replicas(partition).subList(0, count));
        }
        while (replicas(partition).size() < count) {
            int place = place(partition, List.of(), allowed)
                    .orElseThrow(() -> new CommandFailure("partition " + partition + " cannot have " + count
                            + " replicas on the brokers " + allowed + "; those that take replicas are " + takers));
            List<Integer> more = new ArrayList<>(replicas(partition));
            more.add(place);
            put(partition, more);
        }
    }

    /** Puts a partition where the user says. */
    void put(TopicPartition partition, List<Integer> brokers) {
        replicas(partition).forEach(id -> held(id).remove(partition));
        now.put(partition, before(partition).on(brokers));
        brokers.forEach(id -> held(id).add(partition));
    }

    /** Evens out replicas, then preferred leaders, over the brokers that take replicas, with few moves. */
    void balance() {
        while (moveOne()) {
            // each move makes two brokers more alike, so there is a last one
        }
        LeaderSpread leaders = new LeaderSpread(now, takers);
        leaders.even();
    }

    /** Moves one replica from a broker with many to one with at least two fewer; false when none can be. */
    private boolean moveOne() {
        List<Integer> byCount = new ArrayList<>(takers);
        byCount.sort(Comparator.comparingInt(this::count));
        for (int i = byCount.size() - 1; i >= 0; i--) {
            int from = byCount.get(i);
            for (int to : byCount) {
                if (count(from) - count(to) < 2) {
                    break;
                }
                Optional<TopicPartition> movable = movable(from, to);
                if (movable.isPresent()) {
                    replace(movable.get(), from, to);
                    return true;
                }
            }
        }
        return false;
    }

    /** Of what may go from one broker to another: of the topic of which the one has most and the other least. */
    private Optional<TopicPartition> movable(int from, int to) {
        Map<String, Integer> surplus = new TreeMap<>();
        held(from).forEach(partition -> surplus.merge(partition.topic(), 1, Integer::sum));
        held(to).forEach(partition -> surplus.merge(partition.topic(), -1, Integer::sum));
        return held(from).stream()
                .filter(partition ->
                        !held(to).contains(partition) && racksAfter(partition, from, to) >= racks(partition))
                .max(Comparator.<TopicPartition>comparingInt(partition -> surplus.getOrDefault(partition.topic(), 0))
                        .thenComparing(partition -> replicas(partition).get(0) != from));
    }

    /** The best broker for one more replica of a partition, or for one that leaves others. */
    private Optional<Integer> place(
            TopicPartition partition, Collection<Integer> leaving, Collection<Integer> allowed) {
        List<Integer> present = replicas(partition);
        List<Integer> stay =
                present.stream().filter(id -> !leaving.contains(id)).toList();
        return takers.stream()
                .filter(id -> allowed.contains(id) && !leaving.contains(id) && !present.contains(id))
                .min(Comparator.<Integer>comparingInt(id -> sharesRack(id, stay) ? 1 : 0)
                        .thenComparingInt(this::count)
                        .thenComparingInt(id -> ofTopic(id, partition.topic()))
                        .thenComparingInt(id -> id));
    }

    private boolean sharesRack(int broker, List<Integer> others) {
        String rack = racks.get(broker);
        return rack != null && others.stream().anyMatch(id -> rack.equals(racks.get(id)));
    }

    private int ofTopic(int broker, String topic) {
        return (int) held(broker).stream()
                .filter(partition -> partition.topic().equals(topic))
                .count();
    }

    private long racks(TopicPartition partition) {
        return racks(replicas(partition));
    }

    private long racksAfter(TopicPartition partition, int from, int to) {
        return racks(replicas(partition).stream()
                .map(id -> id == from ? Integer.valueOf(to) : id)
                .toList());
    }

    private long racks(List<Integer> replicas) {
        return replicas.stream()
                .filter(racks::containsKey)
                .map(racks::get)
                .distinct()
                .count();
    }

    private void replace(TopicPartition partition, int from, int to) {
        put(
                partition,
                replicas(partition).stream()
                        .map(id -> id == from ? Integer.valueOf(to) : id)
                        .toList());
    }

    private List<Integer> replicas(TopicPartition partition) {
        Placed placed = now.get(partition);
        return placed == null ? before(partition).replicas() : placed.replicas();
    }

    private SortedSet<TopicPartition> held(int broker) {
        return heldBy.computeIfAbsent(broker, id -> inOrder());
    }

    private int count(int broker) {
        return held(broker).size();
    }
}
