package io.sluice.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice topic describe}. */
@Command(name = "describe", description = "Show a topic's settings and partitions.")
final class TopicDescribeCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Names of the topics.")
    private List<String> names = List.of();

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            List<TopicReport> reports = withFaults(admin, new Topics(admin).reports(names));
            if (json()) {
                Json.print(out(), reports);
                return;
            }
            boolean first = true;
            for (TopicReport report : reports) {
                if (!first) {
                    out().println();
                }
                print(report);
                first = false;
            }
        }
    }

    private void print(TopicReport topic) {
        out().println(topic.name() + (topic.internal() ? " (internal)" : ""));
        out().println("  id          " + topic.id());
        out().println("  partitions  " + Human.count(topic.partitions().size()) + ", replicas " + topic.replicas());
        out().println("  messages    " + Human.count(topic.messages()) + ", " + Human.bytes(topic.bytes()));
        out().println("  settings    " + (topic.settings().isEmpty() ? "the broker's" : ""));
        topic.settings().forEach((name, value) -> out().println("    " + name + "=" + value + remark(name, value)));
        out().println();
        Table table = new Table(
                ">PARTITION",
                ">LEADER",
                "REPLICAS",
                "IN SYNC",
                "ELIGIBLE",
                "LAST ELIGIBLE",
                ">START",
                ">END",
                ">MESSAGES",
                ">SIZE",
                "");
        for (TopicReport.Partition partition : topic.partitions()) {
            table.row(
                    partition.partition(),
                    partition.leader() < 0 ? "none" : partition.leader(),
                    BrokerTable.ids(partition.replicas()),
                    BrokerTable.ids(partition.inSync()),
                    BrokerTable.ids(partition.eligible()),
                    BrokerTable.ids(partition.lastEligible()),
                    Human.count(partition.startOffset()),
                    Human.count(partition.endOffset()),
                    Human.count(partition.messages()),
                    Human.bytes(partition.bytes()),
                    faults(topic, partition).map(PartitionFault::state).collect(Collectors.joining()));
        }
        table.print(out());
        topic.faults().forEach(fault -> out().println("  partition " + fault.partition() + ": " + fault.why()));
    }

    private static Stream<PartitionFault> faults(TopicReport topic, TopicReport.Partition partition) {
        return topic.faults().stream().filter(fault -> fault.partition() == partition.partition());
    }

    /** To tell why something is wrong takes more questions: they are asked only where something may be. */
    private List<TopicReport> withFaults(Admin admin, List<TopicReport> reports) {
        ClusterReader reader = new ClusterReader(admin, broker());
        if (reader.partitions(names).stream().allMatch(TopicDescribeCommand::isWell)) {
            return reports;
        }
        ClusterView view = ClusterReader.read(broker());
        List<PartitionFault> faults = PartitionFault.all(view, ReplicaLags.measure(view, broker()));
        return reports.stream()
                .map(topic -> topic.with(faults.stream()
                        .filter(fault -> fault.topic().equals(topic.name()))
                        .toList()))
                .toList();
    }

    private static boolean isWell(ClusterView.Partition partition) {
        return !partition.offline() && !partition.underMinInSync() && !partition.underReplicated();
    }

    /** What a number of milliseconds or bytes comes to, as nobody reads 604800000 as a week. */
    private static String remark(String name, String value) {
        boolean number = value.matches("\\d{4,18}");
        if (number && name.endsWith(".ms")) {
            return "  (" + Human.duration(Duration.ofMillis(Long.parseLong(value))) + ")";
        }
        if (number && name.endsWith(".bytes")) {
            return "  (" + Human.bytes(Long.parseLong(value)) + ")";
        }
        return Map.of("retention.ms", "-1", "retention.bytes", "-1")
                        .getOrDefault(name, "")
                        .equals(value)
                ? "  (no limit)"
                : "";
    }
}
