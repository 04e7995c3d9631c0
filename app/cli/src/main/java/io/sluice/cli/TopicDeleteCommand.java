package io.sluice.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice topic delete}. */
@Command(name = "delete", description = "Delete topics with everything in them.")
final class TopicDeleteCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Names of the topics.")
    private List<String> names = List.of();

    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            String what = new Topics(admin)
                    .reports(names).stream()
                            .map(topic -> topic.name() + " (" + Human.count(topic.messages()) + " messages)")
                            .collect(Collectors.joining(", "));
            confirmation.require("delete " + what, err());
            Map<String, KafkaFuture<Void>> asked = admin.deleteTopics(names).topicNameValues();
            names.forEach(name -> Answer.of(asked, name, Topics.subject(name)));
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
