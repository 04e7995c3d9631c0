package io.sluice.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is wrong with a partition, and why; {@code --json} prints it as it stands.
 *
 * @param state the worst that is: {@code offline}, {@code leader failed}, {@code under min in-sync} or {@code under-replicated}
 * @param why which broker is missing and what is known of it
 */
record PartitionFault(String topic, int partition, String state, String why) {
    static final String OFFLINE = "offline";
    /** There is a leader, whose log is damaged or whose disk failed, and no other may lead. */
    static final String LEADER_FAILED = "leader failed";

    static final String UNDER_MIN = "under min in-sync";
    static final String UNDER_REPLICATED = "under-replicated";

    /** All that is wrong in a cluster, the worst first. */
    static List<PartitionFault> all(ClusterView view, ReplicaLags lags) {
        List<PartitionFault> faults = new ArrayList<>();
        view.partitions().forEach(partition -> of(view, partition, lags).ifPresent(faults::add));
        List<String> order = List.of(OFFLINE, LEADER_FAILED, UNDER_MIN, UNDER_REPLICATED);
        faults.sort(Comparator.comparingInt(fault -> order.indexOf(fault.state())));
        return faults;
    }

    static Optional<PartitionFault> of(ClusterView view, ClusterView.Partition partition, ReplicaLags lags) {
        String missing = partition.missing().stream()
                .map(id -> missing(view, partition, id, lags))
                .collect(Collectors.joining("; "));
        if (partition.offline()) {
            return Optional.of(fault(partition, OFFLINE, noLeader(view, partition)));
        }
        if (lags.isLost(partition.key(), partition.leader())) {
            return Optional.of(fault(
                    partition,
                    LEADER_FAILED,
                    "the log of its leader, broker " + partition.leader() + ", is damaged or its disk failed (its log"
                            + " says which), and no other replica has every record; start the others, or stop it and"
                            + " elect one that lacks some (cluster elect --unclean): " + missing));
        }
        if (partition.underMinInSync()) {
            String count = "in sync " + partition.inSync().size() + " of at least " + partition.minInSync()
                    + ", so acks=all is refused";
            return Optional.of(fault(partition, UNDER_MIN, missing.isEmpty() ? count : count + ": " + missing));
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(fault(partition, UNDER_REPLICATED, missing));
    }

    private static PartitionFault fault(ClusterView.Partition partition, String state, String why) {
        return new PartitionFault(partition.topic(), partition.partition(), state, why);
    }

    private static String missing(ClusterView view, ClusterView.Partition partition, int id, ReplicaLags lags) {
        String broker = "broker " + id;
        ClusterView.State state = view.state(id);
        if (state != ClusterView.State.RUNNING) {
            return broker + (state == ClusterView.State.NOT_ANSWERING ? " does not answer" : " is " + state);
        }
        if (lags.isLost(partition.key(), id)) {
            return broker + " can't use its log: it is damaged or its disk failed";
        }
        Optional<ReplicaLags.Lag> lag = lags.of(partition.key(), id);
        if (lag.isEmpty()) {
            return broker + " runs but does not say how far it is";
        }
        long records = lag.get().records();
        if (records == 0) {
            return broker + " has every record and is about to be in sync";
        }
        if (records < 0) {
            return broker + " has " + records(-records) + " more than the leader and has to cut them off";
        }
        return lag.get().moving()
                ? broker + " is catching up, " + records(records) + " to go"
                : broker + " lags by " + records(records);
    }

    /** Why nobody leads: those that may are away, and those that are there may not (R16). */
    private static String noLeader(ClusterView view, ClusterView.Partition partition) {
        List<Integer> may = new ArrayList<>(partition.inSync());
        partition.eligible().stream().filter(id -> !may.contains(id)).forEach(may::add);
        String why = may.isEmpty()
                ? "no replica is known to have every record"
                : may.stream()
                        .map(id -> "broker " + id + ", which has every record, is " + view.state(id))
                        .collect(Collectors.joining("; "));
        List<Integer> others = partition.replicas().stream()
                .filter(id -> !may.contains(id) && view.state(id) == ClusterView.State.RUNNING)
                .toList();
        return others.isEmpty() ? why : why + "; running but perhaps without the last records: " + others;
    }

    private static String records(long count) {
        return Human.count(count) + " record" + (count == 1 ? "" : "s");
    }
}
