package io.sluice.cli;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice group describe}. */
@Command(name = "describe", description = "Show where a group stands, its lag and who reads what.")
final class GroupDescribeCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "GROUP", description = "Names of the groups.")
    private List<String> names = List.of();

    @Option(names = "--members", description = "Show the members too.")
    private boolean members;

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            List<GroupReport> reports = new Groups(admin).reports(names);
            if (json()) {
                Json.print(out(), reports);
                return;
            }
            boolean first = true;
            for (GroupReport report : reports) {
                if (!first) {
                    out().println();
                }
                print(report);
                first = false;
            }
        }
    }

    private void print(GroupReport group) {
        out().println(group.name());
        out().println("  type     " + group.type());
        out().println("  state    " + group.state());
        out().println("  members  " + Human.count(group.members().size()));
        out().println("  lag      " + Human.count(group.lag()));
        out().println();
        if (group.partitions().isEmpty()) {
            out().println("The group has committed nothing and reads no partition.");
        } else {
            partitions(group).print(out());
        }
        if (members && !group.members().isEmpty()) {
            out().println();
            members(group).print(out());
        }
    }

    private static Table partitions(GroupReport group) {
        Table table = new Table("TOPIC", ">PARTITION", ">COMMITTED", ">END", ">LAG", "CLIENT", "HOST");
        for (GroupReport.Partition partition : group.partitions()) {
            table.row(
                    partition.topic(),
                    partition.partition(),
                    Human.count(partition.committed()),
                    Human.count(partition.end()),
                    Human.count(partition.lag()),
                    partition.client().isEmpty() ? "-" : partition.client(),
                    partition.host().isEmpty() ? "-" : partition.host());
        }
        return table;
    }

    private static Table members(GroupReport group) {
        Table table = new Table("MEMBER", "INSTANCE", "CLIENT", "HOST", ">PARTITIONS");
        for (GroupReport.Member member : group.members()) {
            table.row(
                    member.id(),
                    member.instance().isEmpty() ? "-" : member.instance(),
                    member.client(),
                    member.host(),
                    member.partitions());
        }
        return table;
    }
}
