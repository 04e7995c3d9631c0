package io.sluice.cli;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;

/** {@code sluice group list}. */
@Command(name = "list", description = "List groups with their members and lag.")
final class GroupListCommand extends ClientCommand {
    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            List<GroupReport> groups = new Groups(admin).all();
            if (json()) {
                Json.print(out(), groups);
            } else if (groups.isEmpty()) {
                err().println("no groups yet; " + Launcher.command() + " consume TOPIC --group NAME makes one");
            } else {
                Table table = new Table("GROUP", "TYPE", "STATE", ">MEMBERS", ">TOPICS", ">LAG");
                for (GroupReport group : groups) {
                    table.row(
                            group.name(),
                            group.type(),
                            group.state(),
                            Human.count(group.members().size()),
                            Human.count(group.topics()),
                            Human.count(group.lag()));
                }
                table.print(out());
            }
        }
    }
}
