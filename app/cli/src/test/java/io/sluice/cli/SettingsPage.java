package io.sluice.cli;

import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.Change;
import io.sluice.cluster.settings.GroupSettings;
import io.sluice.cluster.settings.Setting;
import io.sluice.cluster.settings.SettingRegistry;
import io.sluice.cluster.settings.TopicSettings;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes {@code docs/configuration.md} from the settings that the code knows. */
final class SettingsPage {
    private static final String HEAD = """
            # Configuration

            <!-- Generated from the code: ./mvnw -q -pl app/cli -am test -Dtest=ConfigurationDocTest \
            -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true -->

            A broker takes its settings from four places; the first that names a setting wins:

            1. flags: `./sluice server --set num.partitions=3`; `--listen HOST:PORT`, `--port N` (both `listeners`), \
            `--data DIR` (`log.dirs`), `--node ID` (`node.id`), `--cluster LIST` (`sluice.cluster`) and `--zookeeper LIST` \
            (`zookeeper.connect`) are short for the most common ones;
            2. the environment: `SLUICE_NUM_PARTITIONS=3`, the name in capitals with `_` for `.` and `-`;
            3. a properties file: `./sluice server --config server.properties`;
            4. the default.

            Names and meanings are Kafka's where Kafka has the setting. A name that Sluice does not know, or a value that \
            does not fit, stops the start with one line that names the nearest setting and the place to mend. A file that \
            was written for Kafka can be used as it is: settings that have no meaning here (KRaft's quorum, replication, \
            transactions so far) are passed over, and one line in the log names them and says why; those that promise what is \
            not served yet (TLS, SASL, access control) stop the start.

            Settings that can change while the broker runs are changed with any Kafka admin client, such as \
            `kafka-configs.sh --bootstrap-server 127.0.0.1:9092 --alter --entity-type brokers --entity-default \
            --add-config log.retention.ms=3600000`, and those of a topic with `./sluice topic alter TOPIC --set \
            retention.ms=3600000` as well. Such a change is kept, and wins over the four places above.

            The launcher reads a few variables that are no settings: `SLUICE_HEAP` (largest heap of the server, default \
            512m), `SLUICE_OPTS` (options for the JVM), `SLUICE_JAVA_HOME` (the JDK), `SLUICE_BUILD=never` (start what was \
            built last); the server `SLUICE_LOG_LEVEL`; the client commands `SLUICE_BOOTSTRAP`.

            ## A cluster's ports

            Each node of `sluice.cluster` listens for the others on three ports of the address that the list gives it: the \
            port itself (the leader of ZooKeeper's ensemble takes the others there), the next (elections) and the one after \
            it (ZooKeeper's clients: the brokers). Beside them is that of `listeners`, by default 9092 of the same address. \
            Nothing protects the three: keep them to the cluster's own network.
            """;

    private SettingsPage() {}

    static String text() {
        return HEAD
                + section("Broker", "Settings of a broker.", BrokerSettings.ALL)
                + section(
                        "Topic",
                        "Settings of a topic: `./sluice topic create TOPIC --set NAME=VALUE`. What a topic does not set comes "
                                + "from the broker's setting named under *default*, and changes with it.",
                        TopicSettings.ALL)
                + section("Group", "Settings of a single consumer group.", GroupSettings.ALL);
    }

    private static String section(String title, String about, SettingRegistry registry) {
        StringBuilder text = new StringBuilder("\n## " + title + "\n\n" + about + "\n\n");
        boolean ofBroker = registry == BrokerSettings.ALL;
        text.append(
                ofBroker
                        ? "| setting | type | default | allowed | changes | |\n"
                        : "| setting | type | default | allowed | |\n");
        text.append(ofBroker ? "|---|---|---|---|---|---|\n" : "|---|---|---|---|---|\n");
        for (Setting<?> setting : registry.all()) {
            text.append("| `").append(setting.name()).append("` | ");
            text.append(setting.type().name().toLowerCase(Locale.ROOT)).append(" | ");
            text.append(defaultOf(setting)).append(" | ");
            text.append(cell(setting.validValues())).append(" | ");
            text.append(ofBroker ? changes(setting.change()) + " | " : "");
            text.append(cell(setting.doc())).append(" |\n");
        }
        return text.toString();
    }

    private static <T> String defaultOf(Setting<T> setting) {
        if (setting.defaultValue().isPresent()) {
            String value = setting.format(setting.defaultValue().get());
            return value.isEmpty() ? "none" : "`" + cell(value) + "`" + remark(setting.name(), value);
        }
        return setting.fallbacks().isEmpty()
                ? "none"
                : setting.fallbacks().stream()
                        .map(fallback -> "`" + fallback.setting().name() + "`")
                        .collect(Collectors.joining(", else "));
    }

    /** What a large number comes to. */
    private static String remark(String name, String value) {
        if (!value.matches("\\d{4,15}")) {
            return "";
        }
        long number = Long.parseLong(value);
        if (name.endsWith(".ms")) {
            return " (" + Human.duration(Duration.ofMillis(number)) + ")";
        }
        return name.endsWith(".bytes") ? " (" + Human.bytes(number) + ")" : "";
    }

    private static String changes(Change change) {
        return switch (change) {
            case READ_ONLY -> "at start";
            case AT_RUN_TIME_ONLY -> "only while running";
            case PER_BROKER, CLUSTER_WIDE -> "while running";
        };
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
