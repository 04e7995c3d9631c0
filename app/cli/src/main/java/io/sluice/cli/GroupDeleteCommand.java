package io.sluice.cli;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice group delete}. */
@Command(name = "delete", description = "Delete groups with the offsets that they have committed.")
final class GroupDeleteCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "GROUP", description = "Names of the groups.")
    private List<String> names = List.of();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            new Groups(admin).requireExisting(names);
            confirmation.require("delete " + String.join(", ", names) + " with all committed offsets", err());
            Map<String, KafkaFuture<Void>> asked =
                    admin.deleteConsumerGroups(names).deletedGroups();
            names.forEach(name -> Answer.of(asked, name, Groups.subject(name)));
        }
        if (json()) {
            Json.print(
                    out(),
                    names.stream()
                            .map(name -> Map.of("name", name, "deleted", true))
                            .toList());
        } else {
            names.forEach(name -> out().println("deleted " + name));
        }
    }
}
