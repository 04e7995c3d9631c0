package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/**
 * Apache Kafka in KRaft combined mode on loopback, one node or several, with the JVM flags of its own start script (but
 * for the heap, which is given) and the settings of the file that it ships. It logs nothing, which favours it.
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
    public List<Installation> install(Path folder, int brokers, Detection detection)
            throws IOException, InterruptedException {
        KafkaSettings settings = KafkaSettings.ofNodes(Ports.rows(brokers, KafkaSettings.PORTS), detection);
        List<Installation> installations = new ArrayList<>();
        for (KafkaSettings.Node node : settings.nodes()) {
            Path home = Files.createDirectories(folder.resolve("node-" + node.id()));
            Path file = Files.write(home.resolve("server.properties"), settings.lines(node, home.resolve("data")));
            format(home, file, settings.initialControllers());
            String name = brokers == 1 ? label : label + ", node " + node.id();
            installations.add(new Installation(name, home, node.port(), command(file), Map.of()));
        }
        return installations;
    }

    private List<String> command(Path settings) {
        List<String> command = java();
        command.addAll(JVM_FLAGS);
        command.addAll(jvm.extraOptions());
        command.addAll(List.of("-Xms" + jvm.heap(), "-Xmx" + jvm.heap(), "-cp", lib + "/*", "kafka.Kafka"));
        command.add(settings.toString());
        return command;
    }

    private void format(Path folder, Path settings, String initialControllers)
            throws IOException, InterruptedException {
        List<String> command = java();
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", lib + "/*", "kafka.tools.StorageTool", "format"));
        command.addAll(List.of("-t", CLUSTER_ID, "-c", settings.toString()));
        command.addAll(List.of("--initial-controllers", initialControllers));
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

    /** Kafka's metadata names any live broker as controller; the real one is the leader of the quorum. */
    @Override
    public int controller(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
    }
}
