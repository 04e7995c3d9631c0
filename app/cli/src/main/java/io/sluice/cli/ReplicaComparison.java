package io.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What came of comparing the replicas of a partition; {@code --json} prints it as it stands.
 *
 * @param from the first offset that was compared, -1 if none was
 * @param to the offset after the last: the leader's high watermark
 * @param hash of what the leader has between them
 * @param equal brokers that have the same
 * @param behind brokers that are not in sync and have the same as far as they have anything
 * @param problems what differs, or could not be compared
 */
record ReplicaComparison(
        String topic,
        int partition,
        long from,
        long to,
        String hash,
        List<Integer> equal,
        List<Integer> behind,
        List<Problem> problems) {
    /** @param differs whether it was compared and is not the same */
    record Problem(int broker, boolean differs, String what) {}

    @JsonProperty
    public boolean differs() {
        return problems.stream().anyMatch(Problem::differs);
    }

    static ReplicaComparison impossible(ClusterView.Partition partition, List<Problem> problems) {
        return new ReplicaComparison(
                partition.topic(), partition.partition(), -1, -1, "", List.of(), List.of(), problems);
    }

    /**
     * Reads all replicas side by side, a batch of each at a time.
     *
     * @param sources by broker, the leader's among them
     * @param from the first offset that all of them still have
     * @param known what is known to be wrong before
     */
    static ReplicaComparison of(
            ClusterView.Partition partition, Map<Integer, ReplicaSource> sources, long from, List<Problem> known) {
        List<Problem> problems = new ArrayList<>(known);
        Map<Integer, ReplicaChain> chains = new LinkedHashMap<>();
        sources.forEach((id, source) -> chains.put(id, new ReplicaChain(source, from)));
        ReplicaSource ofLeader = sources.get(partition.leader());
        ReplicaChain leader = chains.remove(partition.leader());
        if (ofLeader == null || leader == null) {
            return impossible(partition, problems);
        }
        List<Integer> behind = new ArrayList<>();
        long to;
        try {
            to = ofLeader.read(from).highWatermark();
            while (leader.advance(to)) {
                step(leader, chains, Set.copyOf(partition.inSync()), behind, problems);
            }
        } catch (ReplicaUnreadableException e) {
            problems.add(new Problem(partition.leader(), false, "cannot be read: " + e.getMessage()));
            return impossible(partition, problems);
        }
        List<Integer> equal = new ArrayList<>(chains.keySet());
        equal.add(0, partition.leader());
        return new ReplicaComparison(
                partition.topic(),
                partition.partition(),
                from,
                Math.max(from, to),
                leader.hash(),
                equal,
                behind,
                problems);
    }

    /** Brings the others to where the leader is; who is not the same there is not compared on. */
    private static void step(
            ReplicaChain leader,
            Map<Integer, ReplicaChain> others,
            Set<Integer> inSync,
            List<Integer> behind,
            List<Problem> problems) {
        for (Map.Entry<Integer, ReplicaChain> other : List.copyOf(others.entrySet())) {
            int id = other.getKey();
            ReplicaChain chain = other.getValue();
            long at = chain.next();
            try {
                if (!chain.advance(Long.MAX_VALUE)) {
                    others.remove(id);
                    if (inSync.contains(id)) {
                        problems.add(new Problem(id, true, "is in sync but has nothing from offset " + at + " on"));
                    } else {
                        behind.add(id);
                    }
                } else if (!chain.sameAs(leader)) {
                    others.remove(id);
                    problems.add(new Problem(id, true, "differs from the leader from offset " + at + " on"));
                }
            } catch (ReplicaUnreadableException e) {
                others.remove(id);
                problems.add(new Problem(id, false, "cannot be read at offset " + at + ": " + e.getMessage()));
            }
        }
    }
}
