package io.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * How far replicas that run are behind their leaders, by the ends of their logs; looked at twice, since one that moves is
 * catching up and one that stands has a problem.
 */
final class ReplicaLags {
    private static final long BETWEEN_LOOKS_MS = 300;

    /**
     * @param records that the leader has and the replica does not; below 0 the other way round
     * @param moving whether the replica's log grew between the two looks
     */
    record Lag(long records, boolean moving) {}

    record Replica(TopicPartition partition, int broker) {}

    private final Map<Replica, Lag> lags;
    /** Whose brokers can't use their logs. */
    private final Set<Replica> lost;

    private ReplicaLags(Map<Replica, Lag> lags, Set<Replica> lost) {
        this.lags = lags;
        this.lost = lost;
    }

    static ReplicaLags unknown() {
        return new ReplicaLags(Map.of(), Set.of());
    }

    static ReplicaLags of(Map<Replica, Lag> lags) {
        return new ReplicaLags(Map.copyOf(lags), Set.of());
    }

    static ReplicaLags lost(Set<Replica> lost) {
        return new ReplicaLags(Map.of(), Set.copyOf(lost));
    }

    /** Of those replicas that are not in sync but run, and whose leader runs. */
    static ReplicaLags measure(ClusterView view, BrokerOptions broker) {
        List<Replica> behind = new ArrayList<>();
        Map<Replica, Replica> leaders = new HashMap<>();
        Map<Integer, Collection<TopicPartition>> questions = new TreeMap<>();
        for (ClusterView.Partition partition : view.partitions()) {
            Replica leader = new Replica(partition.key(), partition.leader());
            if (partition.inSync().size() < partition.replicas().size()
                    && view.state(leader.broker()) == ClusterView.State.RUNNING) {
                question(questions, leader);
            }
            for (int id : partition.replicas()) {
                if (partition.inSync().contains(id)
                        || view.state(id) != ClusterView.State.RUNNING
                        || view.state(partition.leader()) != ClusterView.State.RUNNING) {
                    continue;
                }
                Replica replica = new Replica(partition.key(), id);
                behind.add(replica);
                leaders.put(replica, leader);
                question(questions, replica);
            }
        }
        if (questions.isEmpty()) {
            return unknown();
        }
        try (ReplicaClient client = new ReplicaClient(broker)) {
            Set<Replica> lost = new HashSet<>();
            Map<Replica, Long> before = ends(view, questions, client, lost);
            Pause.ms(BETWEEN_LOOKS_MS);
            lost.clear();
            Map<Replica, Long> after = ends(view, questions, client, lost);
            Map<Replica, Lag> lags = new HashMap<>();
            for (Replica replica : behind) {
                Long end = after.get(replica);
                Long leaderEnd = after.get(leaders.get(replica));
                if (end != null && leaderEnd != null) {
                    lags.put(replica, new Lag(leaderEnd - end, end > before.getOrDefault(replica, end)));
                }
            }
            return new ReplicaLags(lags, lost);
        }
    }

    private static void question(Map<Integer, Collection<TopicPartition>> questions, Replica replica) {
        questions.computeIfAbsent(replica.broker(), id -> new LinkedHashSet<>()).add(replica.partition());
    }

    private static Map<Replica, Long> ends(
            ClusterView view,
            Map<Integer, Collection<TopicPartition>> questions,
            ReplicaClient client,
            Set<Replica> lost) {
        Map<Replica, Long> ends = new HashMap<>();
        questions.forEach((id, partitions) -> {
            ReplicaClient.Offsets told = client.endOffsets(view.broker(id).node(), partitions);
            told.known().forEach((partition, end) -> ends.put(new Replica(partition, id), end));
            told.lost().forEach(partition -> lost.add(new Replica(partition, id)));
        });
        return ends;
    }

    /** Whether the broker can't use its log: it is damaged, or its disk failed. */
    boolean isLost(TopicPartition partition, int broker) {
        return lost.contains(new Replica(partition, broker));
    }

    Optional<Lag> of(TopicPartition partition, int broker) {
        return Optional.ofNullable(lags.get(new Replica(partition, broker)));
    }
}
