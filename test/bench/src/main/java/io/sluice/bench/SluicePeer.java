package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Sluice, started the way a user starts it: {@code ./sluice server} with a settings file, and for a cluster with the
 * flags that make its brokers an ensemble.
 */
final class SluicePeer implements Peer {
    /** How many ports in a row a node takes: the clients', and the three of its place in the ensemble. */
    private static final int PORTS = 4;

    private final List<String> launcher;
    private final Path javaHome;
    private final BrokerJvm jvm;

    /** @param launcher the program and its first arguments, up to and without {@code server} */
    SluicePeer(List<String> launcher, Path javaHome, BrokerJvm jvm) {
        this.javaHome = javaHome;
        this.launcher = List.copyOf(launcher);
        this.jvm = jvm;
    }

    @Override
    public String name() {
        return "Sluice";
    }

    @Override
    public List<Installation> install(Path folder, int brokers, Detection detection) throws IOException {
        int[] ports = Ports.rows(brokers, PORTS);
        List<Installation> installations = new ArrayList<>();
        for (int node = 1; node <= brokers; node++) {
            Path home = Files.createDirectories(folder.resolve("node-" + node));
            Path settings = Files.write(home.resolve("server.properties"), settings(home, node, ports, detection));
            List<String> command = new ArrayList<>(launcher);
            command.addAll(List.of("server", "--config", settings.toString()));
            if (brokers > 1) {
                command.addAll(List.of("--node", Integer.toString(node), "--cluster", members(ports)));
            }
            String name = brokers == 1 ? name() : name() + ", node " + node;
            installations.add(new Installation(name, home, ports[node - 1], command, environment()));
        }
        return installations;
    }

    private static String members(int[] ports) {
        return IntStream.range(0, ports.length)
                .mapToObj(i -> i + 1 + "@127.0.0.1:" + (ports[i] + 1))
                .collect(Collectors.joining(","));
    }

    private static List<String> settings(Path home, int node, int[] ports, Detection detection) {
        List<String> lines = new ArrayList<>(List.of(
                "node.id=" + node,
                "listeners=PLAINTEXT://127.0.0.1:" + ports[node - 1],
                "log.dirs=" + home.resolve("data"),
                "num.partitions=1"));
        if (ports.length > 1) {
            lines.add("default.replication.factor=" + ports.length);
            lines.add("offsets.topic.replication.factor=" + ports.length);
        }
        if (detection == Detection.EQUAL) {
            lines.add("zookeeper.session.timeout.ms=" + Detection.EQUAL_SESSION_MS);
        }
        return lines;
    }

    /** What the launcher script takes from outside; SLUICE_BUILD keeps a build out of the measurement. */
    private Map<String, String> environment() {
        return Map.of(
                "SLUICE_JAVA_HOME", javaHome.toString(),
                "SLUICE_HEAP", jvm.heap(),
                "SLUICE_OPTS", String.join(" ", jvm.extraOptions()),
                "SLUICE_BUILD", "never");
    }

    @Override
    public int controller(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeCluster().controller().get().id();
    }
}
