package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Brokers in processes of their own. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class ClusterCommandsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void killAll() {
        LocalCluster.find(folder).ifPresent(cluster -> cluster.nodes()
                .forEach(node -> node.process().ifPresent(NodeProcess::kill)));
    }

    @Test
    void clusterOfOneIsStartedShownKilledRestartedAndStopped() throws Exception {
        String started = ok("start", "1", "--base-port", String.valueOf(FreePorts.base(1)), "--heap", "128m");
        int port = LocalCluster.in(folder).node(1).port();
        assertThat(started)
                .startsWith("A cluster of 1 broker is ready.\n")
                .containsPattern("1 +\\d+ +127\\.0\\.0\\.1:" + port + " +" + folder.resolve("node-1") + " +"
                        + folder.resolve("node-1.log"))
                .contains("export SLUICE_BOOTSTRAP=127.0.0.1:" + port);
        assertThat(failure("start", "1")).contains("runs already (node 1, process ", "cluster stop", "ends it");

        JsonNode status = new ObjectMapper().readTree(ok("status", "--json"));
        assertThat(status.at("/nodes/0/state").asText()).isEqualTo("running");
        assertThat(status.at("/cluster/controller").asInt()).isEqualTo(1);
        assertThat(status.at("/cluster/offline").asInt()).isZero();

        assertThat(ok("kill", "1")).startsWith("killed node 1 (process ");
        assertThat(ok("status")).containsPattern("1 +dead +- +127\\.0\\.0\\.1:" + port + " +- +- +-");
        assertThat(failure("kill", "1"))
                .isEqualTo("sluice: node 1 does not run; ./sluice cluster restart 1 starts it\n");

        assertThat(ok("restart", "1")).startsWith("node 1 serves again (process ");
        assertThat(ok("status")).contains("running", "controller", "0 under-replicated, 0 offline");

        assertThat(ok("stop")).isEqualTo("stopped 1 broker\n");
        assertThat(ok("status")).contains("stopped");
        assertThat(folder.resolve("node-1").resolve("clean-shutdown")).isNotEmptyFile();
        assertThat(ok("stop")).isEqualTo("no broker of " + folder + " was running\n");
    }

    @Test
    void clusterOfThreeLosesItsControllerAndNoRecord() throws Exception {
        ok("start", "3", "--base-port", String.valueOf(FreePorts.base(3)), "--heap", "128m", "--timeout", "120s");
        String bootstrap = LocalCluster.in(folder).bootstrap();
        client("topic", "create", "orders", "-p", "6", "--bootstrap", bootstrap);
        client("produce", "orders", "--value", "before", "--bootstrap", bootstrap);
        int controller = controller();

        ok("kill", String.valueOf(controller));

        client("produce", "orders", "--value", "after", "--bootstrap", bootstrap);
        assertThat(client("consume", "orders", "--bootstrap", bootstrap)).contains("before", "after");
        Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ok("status"))
                .contains("dead", "controller", "6 under-replicated, 0 offline"));
        ok("restart", String.valueOf(controller), "--timeout", "120s");
        Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ok("status"))
                .contains("0 under-replicated, 0 offline"));
        assertThat(ok("stop")).isEqualTo("stopped 3 brokers\n");
    }

    private int controller() throws IOException {
        return new ObjectMapper()
                .readTree(ok("status", "--json"))
                .at("/cluster/controller")
                .asInt();
    }

    private static String client(String... command) {
        CommandRun run = CommandRun.of(command);
        assertThat(run.status())
                .as(String.join(" ", command) + ": " + run.err())
                .isZero();
        return run.out();
    }

    @Test
    void pausedNodeIsShownAsSuchAndStoppedAllTheSame() throws Exception {
        ok("start", "1", "--base-port", String.valueOf(FreePorts.base(1)), "--heap", "128m");

        assertThat(ok("pause", "1")).contains("paused node 1", "cluster resume 1 --data " + folder);
        Awaitility.await().untilAsserted(() -> assertThat(ok("status")).contains("paused"));
        assertThat(ok("resume", "1")).contains("node 1 goes on");
        ok("pause", "1");

        assertThat(ok("stop")).isEqualTo("stopped 1 broker\n");
    }

    @Test
    void nodeThatCannotStartIsNamedWithTheLastLineOfItsLog() throws Exception {
        String base = String.valueOf(FreePorts.base(1));
        assertThat(failure("start", "1", "--base-port", base, "--heap", "128m", "--set", "num.partitions=many"))
                .contains("node 1 has ended; the last line of " + folder.resolve("node-1.log"), "num.partitions");
    }

    @Test
    void portThatIsTakenIsNamedBeforeAnythingIsStarted() throws Exception {
        int base = FreePorts.base(3);
        for (int offset : new int[] {1, 100 + 3 + 2}) {
            try (ServerSocket taken = new ServerSocket(base + offset, 1, InetAddress.getByName("127.0.0.1"))) {
                assertThat(failure("start", "3", "--base-port", String.valueOf(base)))
                        .isEqualTo("sluice: port " + taken.getLocalPort()
                                + " of node 2 is in use; stop what listens there, or give others with --base-port\n");
            }
        }
        assertThat(failure("status")).contains("no cluster was started in " + folder);
    }

    /** It is among the brokers until its session ends, and takes connections all the time. */
    @Test
    void pausedNodeDoesNotHoldUpWhoAsksTheOthers() throws Exception {
        ok("start", "3", "--base-port", String.valueOf(FreePorts.base(3)), "--heap", "128m", "--timeout", "120s");
        String bootstrap = LocalCluster.in(folder).bootstrap();
        client("topic", "create", "orders", "-p", "3", "--bootstrap", bootstrap);
        client("consume", "orders", "--group", "billing", "--bootstrap", bootstrap);
        String controller = String.valueOf(controller());

        ok("pause", controller);

        assertThat(ok("status")).contains("paused", " partitions: ");
        client("topic", "create", "meanwhile", "--timeout", "60s", "--bootstrap", bootstrap);
        client("produce", "orders", "--value", "v", "--timeout", "60s", "--bootstrap", bootstrap);
        client("consume", "orders", "-n", "1", "--timeout", "60s", "--bootstrap", bootstrap);
        assertThat(client("group", "list", "--timeout", "60s", "--bootstrap", bootstrap))
                .contains("billing");
        assertThat(client("topic", "describe", "orders", "--timeout", "60s", "--bootstrap", bootstrap))
                .contains("under-replicated");
    }

    @Test
    void sizeOfAClusterThatIsThereCannotChange() {
        LocalCluster.of(3, 9092, "512m", Map.of()).save(folder);

        assertThat(failure("start", "5")).contains("has 3 nodes; start as many, remove the folder, or give another");
    }

    @Test
    void sizesAndPortsThatCannotBeAreMisuse() {
        assertThat(run("start", "10").err()).startsWith("sluice: a cluster here has 1 to 9 nodes, not 10");
        assertThat(run("start", "3", "--base-port", "65500").err()).startsWith("sluice: --base-port takes 1 to 65408");
        assertThat(run("kill", "one").err()).startsWith("sluice: invalid value for NODE: 'one' is not a number;");
    }

    private String ok(String... command) {
        CommandRun run = run(command);
        assertThat(run.status())
                .as(String.join(" ", command) + ": " + run.err() + log())
                .isZero();
        return run.out();
    }

    private String failure(String... command) {
        CommandRun run = run(command);
        assertThat(run.status()).as(String.join(" ", command) + run.out()).isEqualTo(1);
        return run.err().lines().reduce("", (first, second) -> second) + "\n";
    }

    private CommandRun run(String... command) {
        List<String> words = new ArrayList<>(List.of("cluster"));
        words.addAll(List.of(command));
        words.addAll(List.of("--data", folder.toString()));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private String log() {
        try {
            Path log = folder.resolve("node-1.log");
            return Files.exists(log) ? "\n" + Files.readString(log) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
