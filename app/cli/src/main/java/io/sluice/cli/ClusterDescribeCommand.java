package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code sluice cluster describe}. */
@Command(name = "describe", description = "Show the brokers of a cluster, and what is wrong with it and why.")
final class ClusterDescribeCommand extends ClientCommand {
    /** For {@code --json}. */
    record Described(
            String id,
            int controller,
            List<ClusterView.Broker> brokers,
            int topics,
            int partitions,
            int offline,
            int underMinInSync,
            int underReplicated,
            List<PartitionFault> faults,
            List<Move> moves) {}

    /**
     * A move of a partition that is under way.
     *
     * @param behind per broker that it adds, the records that this still lacks; without those that do not say
     */
    record Move(String topic, int partition, List<Integer> adding, List<Integer> removing, Map<Integer, Long> behind) {}

    @Override
    public void run() {
        ClusterView view = ClusterReader.read(broker());
        ReplicaLags lags = ReplicaLags.measure(view, broker());
        Described described = described(view, lags);
        if (json()) {
            Json.print(out(), described);
        } else {
            print(described);
        }
    }

    private static Described described(ClusterView view, ReplicaLags lags) {
        return new Described(
                view.id(),
                view.controller(),
                List.copyOf(view.brokers().values()),
                (int) view.partitions().stream()
                        .map(ClusterView.Partition::topic)
                        .distinct()
                        .count(),
                view.partitions().size(),
                view.count(ClusterView.Partition::offline),
                view.count(ClusterView.Partition::underMinInSync),
                view.count(ClusterView.Partition::underReplicated),
                PartitionFault.all(view, lags),
                moves(view, lags));
    }

    private static List<Move> moves(ClusterView view, ReplicaLags lags) {
        List<Move> moves = new ArrayList<>();
        view.partitions().stream().filter(ClusterView.Partition::moves).forEach(partition -> {
            Map<Integer, Long> behind = new TreeMap<>();
            partition.adding().forEach(id -> {
                Optional<Long> lag = partition.inSync().contains(id)
                        ? Optional.of(0L)
                        : lags.of(partition.key(), id).map(ReplicaLags.Lag::records);
                lag.ifPresent(records -> behind.put(id, records));
            });
            moves.add(new Move(
                    partition.topic(), partition.partition(), partition.adding(), partition.removing(), behind));
        });
        return moves;
    }

    private void print(Described cluster) {
        out().println("cluster     " + cluster.id());
        out().println("controller  " + (cluster.controller() < 0 ? "none just now" : "broker " + cluster.controller()));
        out().println("topics      " + Human.count(cluster.topics()) + " with " + Human.count(cluster.partitions())
                + " partitions");
        out().println("partitions  " + Human.count(cluster.offline()) + " offline, "
                + Human.count(cluster.underMinInSync()) + " under min in-sync, "
                + Human.count(cluster.underReplicated()) + " under-replicated");
        out().println();
        BrokerTable.print(cluster.brokers(), cluster.controller(), out());
        if (!cluster.faults().isEmpty()) {
            out().println();
            Table table = new Table("PARTITION", "STATE", "WHY");
            cluster.faults()
                    .forEach(fault -> table.row(fault.topic() + "-" + fault.partition(), fault.state(), fault.why()));
            table.print(out());
        }
        if (!cluster.moves().isEmpty()) {
            out().println();
            Table table = new Table("MOVING", "ADDS", "REMOVES", "TO GO");
            cluster.moves()
                    .forEach(move -> table.row(
                            move.topic() + "-" + move.partition(),
                            BrokerTable.ids(move.adding()),
                            BrokerTable.ids(move.removing()),
                            toGo(move)));
            table.print(out());
        }
        out().flush();
    }

    private static String toGo(Move move) {
        return move.adding().stream()
                .map(id -> "broker " + id + ": "
                        + Optional.ofNullable(move.behind().get(id))
                                .map(records -> Human.count(records) + " records")
                                .orElse("not known"))
                .collect(Collectors.joining("; "));
    }
}
