package io.sluice.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster elect}. */
@Command(name = "elect", description = "Let preferred leaders lead again, or give offline partitions a leader.")
final class ClusterElectCommand extends ClientCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "TOPIC[:PARTITION]",
            description = "Topics, or partitions such as orders:3 (default: all).")
    private List<String> names = List.of();

    @Option(
            names = "--unclean",
            description = {
                "Give partitions that are offline a leader from the replicas that run, although it lacks records: what",
                "only the others had is LOST FOR GOOD. For when those will never come back."
            })
    private boolean unclean;

    @Mixin
    private Confirmation confirmation = new Confirmation();

    /** What came of one partition; for {@code --json}. */
    record Elected(String topic, int partition, boolean elected, String error) {}

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = ClusterReader.read(broker());
            Set<TopicPartition> partitions = wanted(view);
            if (unclean && !partitions.isEmpty()) {
                warn(view, partitions);
                confirmation.require(
                        "elect leaders that lack records for " + Moves.partitions(partitions.size())
                                + " and lose those records",
                        err());
            }
            print(partitions.isEmpty() ? List.of() : elect(admin, partitions));
        }
    }

    /** Those named for which there is something to do. */
    private Set<TopicPartition> wanted(ClusterView view) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (ClusterView.Partition partition : named(view)) {
            boolean preferred = partition.leader() == partition.settled().get(0) || partition.offline();
            if (unclean ? partition.offline() : !preferred) {
                partitions.add(partition.key());
            }
        }
        return partitions;
    }

    private List<ClusterView.Partition> named(ClusterView view) {
        if (names.isEmpty()) {
            return view.partitions();
        }
        List<ClusterView.Partition> all = new ArrayList<>();
        for (String name : names) {
            List<ClusterView.Partition> found = view.partitions().stream()
                    .filter(each -> name.equals(each.topic()) || name.equals(each.topic() + ":" + each.partition()))
                    .toList();
            if (found.isEmpty()) {
                throw new CommandFailure("there is no topic or partition \"" + name + "\"; " + Launcher.command()
                        + " topic list shows the topics");
            }
            all.addAll(found);
        }
        return all;
    }

    private void warn(ClusterView view, Set<TopicPartition> partitions) {
        err().println(
                        "WARNING: an unclean election loses acknowledged records for good. These partitions are offline:");
        view.partitions().stream()
                .filter(partition -> partitions.contains(partition.key()))
                .forEach(partition -> PartitionFault.of(view, partition, ReplicaLags.unknown())
                        .ifPresent(fault -> err().println("  " + partition + ": " + fault.why())));
        err().println("If one of the brokers named can be started again, start it instead: nothing is lost then.");
        err().flush();
    }

    private List<Elected> elect(Admin admin, Set<TopicPartition> partitions) {
        Map<TopicPartition, Optional<Throwable>> outcomes =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        outcomes.putAll(Answer.of(
                admin.electLeaders(unclean ? ElectionType.UNCLEAN : ElectionType.PREFERRED, partitions)
                        .partitions(),
                "election"));
        List<Elected> elected = new ArrayList<>();
        outcomes.forEach((partition, refused) -> {
            String error = refused.filter(failure -> !(failure instanceof ElectionNotNeededException))
                    .map(ErrorLine::of)
                    .orElse("");
            elected.add(new Elected(partition.topic(), partition.partition(), error.isEmpty(), error));
        });
        return elected;
    }

    private void print(List<Elected> outcomes) {
        List<Elected> failed =
                outcomes.stream().filter(outcome -> !outcome.elected()).toList();
        if (json()) {
            Json.print(out(), outcomes);
        } else if (outcomes.isEmpty()) {
            out().println(unclean ? "no partition is offline" : "every partition is led by its preferred leader");
        } else {
            out().println("elected leaders of " + Moves.partitions(outcomes.size() - failed.size()));
            failed.forEach(outcome ->
                    out().println("  " + outcome.topic() + "-" + outcome.partition() + ": " + outcome.error()));
        }
        out().flush();
        if (!failed.isEmpty()) {
            throw new CommandFailure("no leader was elected for " + Moves.partitions(failed.size()) + ": "
                    + failed.get(0).topic() + "-" + failed.get(0).partition() + ": "
                    + failed.get(0).error());
        }
    }
}
