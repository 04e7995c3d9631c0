package io.sluice.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code bench produce}, {@code consume} and {@code latency} have in common: the broker, the topic, the output. */
final class LoadOptions {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "The broker (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:SLUICE_BOOTSTRAP:-127.0.0.1:9092}")
    private String bootstrap = "127.0.0.1:9092";

    @Option(names = "--topic", paramLabel = "NAME", description = "The topic (default: a new one, deleted afterwards).")
    private @Nullable String topic;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions of a new topic (default: ${DEFAULT-VALUE}).",
            defaultValue = "6")
    private int partitions;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    String bootstrap() {
        return bootstrap;
    }

    Optional<String> topic() {
        return Optional.ofNullable(topic);
    }

    /** Runs {@code work} on the chosen topic, or on a new one that is gone afterwards, and prints its result. */
    int run(String kind, TopicWork work) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Load load = topic != null ? work.on(topic) : onNewTopic(work);
        out.println(json ? Json.of(kind, load) : table(load));
        out.flush();
        return 0;
    }

    private Load onNewTopic(TopicWork work) throws Exception {
        String name = "sluice-bench-" + ProcessHandle.current().pid();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
            try {
                return work.on(name);
            } finally {
                admin.deleteTopics(List.of(name)).all().get();
            }
        }
    }

    /** Shows once a second what {@code load} has done; only on a terminal, and not with {@code --json}. */
    Load watched(LoadSource load, Meter meter, long units) throws Exception {
        if (json || !Boolean.getBoolean("sluice.err.tty")) {
            return load.run(units);
        }
        try (LiveLine line = new LiveLine(spec.commandLine().getErr(), meter, units)) {
            return load.run(units);
        }
    }

    private static String table(Load load) {
        TextTable table = new TextTable(
                List.of("records", "seconds", "records/s", "MB/s", "p50 ms", "p99 ms", "p99.9 ms", "max ms"), 0);
        table.add(List.of(
                String.format(Locale.ROOT, "%,d", load.records()),
                Unit.SECONDS.format(load.seconds()),
                Unit.RECORDS_PER_SECOND.format(load.recordsPerSecond()),
                Unit.MEGABYTES_PER_SECOND.format(load.megabytesPerSecond()),
                Unit.MILLISECONDS.format(load.latencyMillis(50)),
                Unit.MILLISECONDS.format(load.latencyMillis(99)),
                Unit.MILLISECONDS.format(load.latencyMillis(99.9)),
                Unit.MILLISECONDS.format(load.latencyMillis(100))));
        return table.plain();
    }

    /** A load on one topic. */
    @FunctionalInterface
    interface TopicWork {
        Load on(String topic) throws Exception;
    }
}
