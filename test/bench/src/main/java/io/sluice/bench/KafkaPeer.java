package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Apache Kafka in KRaft combined mode, one node on loopback, with the JVM flags of its own start script (but for the
 * heap, which is given) and the settings of the file that it ships. It logs nothing, which favours it.
 */
final class KafkaPeer implements Peer {
    /** kafka-run-class.sh's KAFKA_JVM_PERFORMANCE_OPTS; kafka-server-start.sh sets -Xms equal to -Xmx. */
    private static final List<String> JVM_FLAGS = List.of(
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");

    private static final String CLUSTER_ID = "c2x1aWNlLWJlbmNoLXBlZQ";

    private final Path lib;
    private final Path javaHome;
    private final BrokerJvm jvm;
    private final String label;

    KafkaPeer(Path lib, Path javaHome, BrokerJvm jvm, String label) {
        this.lib = lib;
        this.javaHome = javaHome;
        this.jvm = jvm;
        this.label = label;
    }

    static MavenArtifacts artifacts(String version) {
        return new MavenArtifacts("org.apache.kafka", "kafka_2.13", version);
    }

    @Override
    public String name() {
        return label;
    }

    @Override
    public Installation install(Path folder) throws IOException, InterruptedException {
        int[] ports = Ports.free(2);
        Path settings = Files.write(folder.resolve("server.properties"), settings(folder, ports[0], ports[1]));
        format(folder, settings);
        List<String> command = java();
        command.addAll(JVM_FLAGS);
        command.addAll(jvm.extraOptions());
        command.addAll(List.of("-Xms" + jvm.heap(), "-Xmx" + jvm.heap(), "-cp", lib + "/*", "kafka.Kafka"));
        command.add(settings.toString());
        return new Installation(label, folder, ports[0], command, Map.of());
    }

    private void format(Path folder, Path settings) throws IOException, InterruptedException {
        List<String> command = java();
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", lib + "/*", "kafka.tools.StorageTool", "format"));
        command.addAll(List.of("-t", CLUSTER_ID, "-c", settings.toString(), "--standalone"));
        Path output = folder.resolve("format.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new BenchException("Kafka could not format its storage:\n" + Files.readString(output));
        }
    }

    private List<String> java() {
        return new ArrayList<>(List.of(javaHome.resolve("bin/java").toString()));
    }

    private static List<String> settings(Path folder, int port, int controllerPort) {
        String listener = "PLAINTEXT://127.0.0.1:" + port;
        return List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.bootstrap.servers=127.0.0.1:" + controllerPort,
                "listeners=" + listener + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners=" + listener,
                "inter.broker.listener.name=PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "num.network.threads=3",
                "num.io.threads=8",
                "socket.send.buffer.bytes=102400",
                "socket.receive.buffer.bytes=102400",
                "socket.request.max.bytes=104857600",
                "log.dirs=" + folder.resolve("data"),
                "num.partitions=1",
                "offsets.topic.replication.factor=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "log.retention.hours=168",
                "log.segment.bytes=1073741824",
                "log.retention.check.interval.ms=300000");
    }
}
