package io.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sluice topic alter}. */
@Command(name = "alter", description = "Change a topic's settings or add partitions.")
final class TopicAlterCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Names of the topics.")
    private List<String> names = List.of();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "NAME=VALUE",
            description = "Give a setting a value. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = {"-u", "--unset"},
            paramLabel = "NAME",
            description = "Take a setting from the broker again. May be repeated.")
    private List<String> unset = new ArrayList<>();

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            description = "Add partitions until there are N; keys may then land in other partitions than before.")
    private @Nullable Integer partitions;

    /** What was done; for {@code --json}. */
    record Altered(
            String name,
            Map<String, String> set,
            List<String> unset,
            @Nullable Integer partitions) {}

    @Override
    public void run() {
        if (set.isEmpty() && unset.isEmpty() && partitions == null) {
            throw new ParameterException(
                    spec().commandLine(), "Nothing to change: give --set NAME=VALUE, --unset NAME or --partitions N");
        }
        try (Admin admin = broker().admin()) {
            alterSettings(admin);
            addPartitions(admin);
        }
        if (json()) {
            Json.print(
                    out(),
                    names.stream()
                            .map(name -> new Altered(name, set, unset, partitions))
                            .toList());
        } else {
            names.forEach(name -> out().println("altered " + name));
        }
    }

    private void alterSettings(Admin admin) {
        List<AlterConfigOp> changes = new ArrayList<>();
        set.forEach((name, value) ->
                changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        unset.forEach(name -> changes.add(new AlterConfigOp(new ConfigEntry(name, ""), AlterConfigOp.OpType.DELETE)));
        if (changes.isEmpty()) {
            return;
        }
        Map<ConfigResource, java.util.Collection<AlterConfigOp>> request = new LinkedHashMap<>();
        names.forEach(name -> request.put(new ConfigResource(ConfigResource.Type.TOPIC, name), changes));
        admin.incrementalAlterConfigs(request)
                .values()
                .forEach((topic, asked) -> Answer.of(asked, Topics.subject(topic.name())));
    }

    private void addPartitions(Admin admin) {
        if (partitions == null) {
            return;
        }
        Map<String, NewPartitions> request = new LinkedHashMap<>();
        for (String name : names) {
            request.put(name, NewPartitions.increaseTo(partitions));
        }
        admin.createPartitions(request).values().forEach((name, asked) -> Answer.of(asked, Topics.subject(name)));
    }
}
