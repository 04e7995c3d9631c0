package io.sluice.cli;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Evens out preferred leaders without moving a replica: by the order of the replicas alone. What one broker leads too much
 * and another too little may have to go through the hands of brokers between, so it looks for the shortest such way.
 */
final class LeaderSpread {
    private final Map<TopicPartition, Placed> placed;
    private final SortedSet<Integer> brokers;
    private final SortedMap<Integer, List<TopicPartition>> leads = new TreeMap<>();

    /** One step of a way: {@code partition}, led by a broker, is handed to {@code to}. */
    private record Step(TopicPartition partition, int to) {}

    /** @param placed is changed */
    LeaderSpread(Map<TopicPartition, Placed> placed, SortedSet<Integer> brokers) {
        this.placed = placed;
        this.brokers = brokers;
        brokers.forEach(id -> leads.put(id, new ArrayList<>()));
        placed.values().forEach(each -> leads.computeIfAbsent(each.replicas().get(0), id -> new ArrayList<>())
                .add(each.partition()));
    }

    void even() {
        while (handOverOne()) {
            // the broker that leads more hands one over to one that leads at least two fewer, so there is a last time
        }
    }

    private boolean handOverOne() {
        List<Integer> most = new ArrayList<>(brokers);
        most.sort(Comparator.comparingInt((Integer id) -> count(id)).reversed());
        for (int from : most) {
            List<Step> way = way(from);
            if (!way.isEmpty()) {
                way.forEach(this::take);
                return true;
            }
        }
        return false;
    }

    /** The shortest way from a broker to one that leads at least two fewer; empty when there is none. */
    private List<Step> way(int from) {
        Map<Integer, Step> reachedBy = new HashMap<>();
        Map<Integer, Integer> reachedFrom = new HashMap<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(from));
        while (!next.isEmpty()) {
            int broker = next.remove();
            if (count(broker) <= count(from) - 2) {
                return back(broker, from, reachedBy, reachedFrom);
            }
            for (TopicPartition partition : held(broker)) {
                for (int to : replicas(partition)) {
                    if (to != from
                            && brokers.contains(to)
                            && reachedBy.putIfAbsent(to, new Step(partition, to)) == null) {
                        reachedFrom.put(to, broker);
                        next.add(to);
                    }
                }
            }
        }
        return List.of();
    }

    private static List<Step> back(int end, int from, Map<Integer, Step> reachedBy, Map<Integer, Integer> reachedFrom) {
        List<Step> way = new ArrayList<>();
        for (int at = end; at != from; at = reachedFrom.getOrDefault(at, from)) {
            Step step = reachedBy.get(at);
            if (step != null) {
                way.add(step);
            }
        }
        return way;
    }

    private void take(Step step) {
        List<Integer> order = new ArrayList<>(replicas(step.partition()));
        held(order.get(0)).remove(step.partition());
        Collections.swap(order, 0, order.indexOf(step.to()));
        held(step.to()).add(step.partition());
        placed.computeIfPresent(step.partition(), (partition, old) -> old.on(order));
    }

    private List<Integer> replicas(TopicPartition partition) {
        Placed found = placed.get(partition);
        return found == null ? List.of() : found.replicas();
    }

    private List<TopicPartition> held(int broker) {
        return leads.computeIfAbsent(broker, id -> new ArrayList<>());
    }

    private int count(int broker) {
        return held(broker).size();
    }
}
