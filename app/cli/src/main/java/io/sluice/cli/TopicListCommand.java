package io.sluice.cli;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice topic list}. */
@Command(name = "list", description = "List topics with their size.")
final class TopicListCommand extends ClientCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "PATTERN",
            defaultValue = "*",
            description = "Only names that match, where * stands for any text, such as 'orders*'.")
    private String pattern = "*";

    @Option(names = "--internal", description = "Show the broker's own topics too.")
    private boolean internal;

    @Option(names = "--names", description = "Print names only, one per line.")
    private boolean namesOnly;

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            Topics topics = new Topics(admin);
            Pattern wanted = glob(pattern);
            Set<String> names = topics.names(internal);
            List<String> matching = names.stream()
                    .filter(name -> wanted.matcher(name).matches())
                    .toList();
            if (namesOnly && !json()) {
                matching.forEach(out()::println);
                return;
            }
            print(topics.reports(matching), !names.isEmpty());
        }
    }

    private void print(List<TopicReport> reports, boolean othersExist) {
        if (json()) {
            Json.print(out(), reports);
        } else if (reports.isEmpty()) {
            err().println(
                            othersExist
                                    ? "no topic matches " + pattern
                                    : "no topics yet; " + Launcher.command() + " topic create NAME makes one");
        } else {
            Table table = new Table("TOPIC", ">PARTITIONS", ">REPLICAS", ">MESSAGES", ">SIZE");
            for (TopicReport topic : reports) {
                table.row(
                        topic.name(),
                        Human.count(topic.partitions().size()),
                        topic.replicas(),
                        Human.count(topic.messages()),
                        Human.bytes(topic.bytes()));
            }
            table.print(out());
        }
    }

    private static Pattern glob(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (String literal : pattern.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(regex.toString());
    }
}
