package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What would become of partitions if a broker stopped; {@code --json} prints it as it stands.
 *
 * @param stoppable whether nothing would: every partition keeps a leader and enough replicas in sync
 */
record StopCheck(int broker, boolean stoppable, List<PartitionFault> effects) {
    static StopCheck of(ClusterView view, int broker) {
        List<PartitionFault> effects = new ArrayList<>();
        for (ClusterView.Partition partition : view.partitions()) {
            if (partition.offline() || !partition.inSync().contains(broker)) {
                continue; // it loses nothing that it has now
            }
            long left = partition.inSync().stream()
                    .filter(id -> id != broker && view.state(id) == ClusterView.State.RUNNING)
                    .count();
            if (left == 0) {
                String why = partition.replicas().size() == 1
                        ? "broker " + broker + " has its only replica"
                        : "no other replica is in sync";
                effects.add(fault(partition, PartitionFault.OFFLINE, why));
            } else if (left < partition.minInSync()) {
                String why = "in sync would be " + left + " of at least " + partition.minInSync()
                        + ", so acks=all would be refused";
                effects.add(fault(partition, PartitionFault.UNDER_MIN, why));
            }
        }
        return new StopCheck(broker, effects.isEmpty(), effects);
    }

    private static PartitionFault fault(ClusterView.Partition partition, String state, String why) {
        return new PartitionFault(partition.topic(), partition.partition(), state, why);
    }

    int count(String state) {
        return (int)
                effects.stream().filter(effect -> effect.state().equals(state)).count();
    }
}
