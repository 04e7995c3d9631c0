package io.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sluice topic create}. */
@Command(name = "create", description = "Create topics.")
final class TopicCreateCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "TOPIC", description = "Names of the topics.")
    private List<String> names = List.of();

    @Option(
            names = {"-p", "--partitions"},
            paramLabel = "N",
            description = "Partitions (default: the broker's num.partitions).")
    private @Nullable Integer partitions;

    @Option(
            names = {"-r", "--replicas", "--replication-factor"},
            paramLabel = "N",
            description = "Replicas of each partition (default: the broker's default.replication.factor).")
    private @Nullable Short replicas;

    @Mixin
    private Assignments assignments = new Assignments();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "NAME=VALUE",
            description = "Setting of the topic, such as retention.ms=3600000. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--if-not-exists", description = "Leave topics alone that exist already.")
    private boolean ifNotExists;

    @Option(names = "--validate-only", description = "Only check whether they could be created.")
    private boolean validateOnly;

    /** What happened to one topic; for {@code --json}. */
    record Created(String name, String id, boolean created, int partitions, int replicas) {}

    @Override
    public void run() {
        if (!assignments.isEmpty() && (partitions != null || replicas != null)) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--assignment says how many partitions and replicas there are; leave out --partitions and --replicas");
        }
        List<NewTopic> topics =
                names.stream().map(name -> topic(name).configs(settings)).toList();
        try (Admin admin = broker().admin()) {
            CreateTopicsResult result =
                    admin.createTopics(topics, new CreateTopicsOptions().validateOnly(validateOnly));
            List<Created> done = new ArrayList<>();
            for (String name : names) {
                done.add(outcome(name, result));
            }
            print(done);
        }
    }

    private NewTopic topic(String name) {
        return assignments.isEmpty()
                ? new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicas))
                : new NewTopic(name, assignments.byPartition());
    }

    private Created outcome(String name, CreateTopicsResult result) {
        Map<String, KafkaFuture<Void>> asked = result.values();
        if (ifNotExists && existsAlready(asked.get(name))) {
            return new Created(name, "", false, -1, -1);
        }
        Answer.of(asked, name, Topics.subject(name));
        return new Created(
                name,
                Answer.ifKnown(result.topicId(name)).map(Uuid::toString).orElse(""),
                !validateOnly,
                Answer.ifKnown(result.numPartitions(name)).orElse(-1),
                Answer.ifKnown(result.replicationFactor(name)).orElse(-1));
    }

    private static boolean existsAlready(@Nullable KafkaFuture<Void> asked) {
        if (asked == null) {
            return false;
        }
        try {
            asked.get();
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicExistsException;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void print(List<Created> done) {
        if (json()) {
            Json.print(out(), done);
            return;
        }
        for (Created topic : done) {
            if (validateOnly) {
                out().println(topic.name() + " could be created");
            } else if (topic.created()) {
                out().println("created " + topic.name() + " with " + plural(topic.partitions(), "partition")
                        + (topic.replicas() > 1 ? " of " + topic.replicas() + " replicas" : ""));
            } else {
                out().println(topic.name() + " exists already");
            }
        }
    }

    private static String plural(int count, String noun) {
        return Human.count(count) + " " + noun + (count == 1 ? "" : "s");
    }
}
