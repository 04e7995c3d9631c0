package io.sluice.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs Apache Kafka as a single KRaft node, from the class path of the tests. */
final class KafkaPeer {
    private KafkaPeer() {}

    static List<String> command(BrokerSpec spec) {
        Path properties = spec.folder().resolve("kafka.properties");
        if (!Files.exists(properties)) {
            write(properties, settings(spec));
            format(spec, properties);
        }
        return List.of(
                ClassPath.java(),
                "-Xmx" + spec.heap(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ClassPath.all(),
                "kafka.Kafka",
                properties.toString());
    }

    private static Map<String, String> settings(BrokerSpec spec) {
        int controller = Ports.free();
        Map<String, String> all = new TreeMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("log.dirs", spec.data().toString());
        all.put("offsets.topic.replication.factor", "1");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("log.initial.task.delay.ms", "500");
        all.putAll(spec.settings());
        all.put("listeners", "PLAINTEXT://127.0.0.1:" + spec.port() + ",CONTROLLER://127.0.0.1:" + controller);
        return all;
    }

    private static void write(Path file, Map<String, String> settings) {
        try {
            Files.writeString(
                    file,
                    settings.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue() + "\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void format(BrokerSpec spec, Path properties) {
        try {
            Process format = new ProcessBuilder(
                            ClassPath.java(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            ClassPath.all(),
                            "kafka.tools.StorageTool",
                            "format",
                            "-t",
                            "MkU3OEVBNTcwNTJENDM2Qg",
                            "-c",
                            properties.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(spec.folder().resolve("format.log").toFile())
                    .start();
            if (!format.waitFor(60, TimeUnit.SECONDS) || format.exitValue() != 0) {
                throw new IllegalStateException(
                        "formatting failed: " + spec.folder().resolve("format.log"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
