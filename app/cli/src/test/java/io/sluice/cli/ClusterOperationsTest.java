package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with a cluster of three brokers in processes of their own. */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class ClusterOperationsTest {
    private static final int MESSAGES = 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void killAll() {
        LocalCluster.find(folder).ifPresent(cluster -> cluster.nodes()
                .forEach(node -> node.process().ifPresent(NodeProcess::kill)));
    }

    @Test
    void killedBrokerIsExplainedAndADrainedOneIsEmptyAndAllReplicasStayEqual() throws Exception {
        local("start", "3", "--base-port", String.valueOf(FreePorts.base(3)), "--heap", "128m", "--timeout", "120s");
        client("topic", "create", "orders", "-p", "6", "--replication-factor", "2");
        assertThat(failure("broker", "stop-check", "3"))
                .contains("broker 3 is needed: without it 0 partitions would be offline and 4 would refuse acks=all");
        client("topic", "alter", "orders", "--set", "min.insync.replicas=1");
        for (int i = 0; i < MESSAGES; i++) {
            client("produce", "orders", "--value", "message " + i);
        }
        assertThat(client("cluster", "verify")).endsWith("all replicas of 6 partitions are equal\n");
        assertThat(client("broker", "stop-check", "3")).startsWith("broker 3 may be stopped");

        local("kill", "3");
        until(() -> assertThat(client("cluster", "describe"))
                .containsPattern(" 3 +not registered")
                .containsPattern("orders-\\d +under-replicated +broker 3 is not registered")
                .contains("0 offline, 0 under min in-sync, 4 under-replicated"));
        assertThat(client("topic", "describe", "orders")).contains("under-replicated", "broker 3 is not registered");
        assertThat(failure("broker", "stop-check", "2"))
                .contains("broker 2 is needed: without it 2 partitions would be offline");
        assertThat(failure("cluster", "verify")).contains("what was compared is equal", "broker 3 is not registered");

        local("restart", "3", "--timeout", "120s");
        until(() -> assertThat(client("cluster", "describe")).contains("0 under-replicated"));
        assertThat(client("cluster", "elect")).isEqualTo("elected leaders of 2 partitions\n");
        assertThat(client("broker", "drain", "3")).contains("broker 3 holds no replicas any more");
        assertThat(client("broker", "list")).containsPattern(" 3 +running, cordoned +[^ ]+ +- +0 +0 ");
        assertThat(client("cluster", "verify")).endsWith("all replicas of 6 partitions are equal\n");

        client("broker", "uncordon", "3");
        client("cluster", "balance", "--execute");
        assertThat(client("broker", "list")).containsPattern(" 3 +running +[^ ]+ +- +2 +4 ");
        assertThat(client("cluster", "verify")).endsWith("all replicas of 6 partitions are equal\n");
    }

    @Test
    void partitionWithoutALeaderIsExplainedAndOneThatGrowsGetsItsReplicas() throws Exception {
        local("start", "3", "--base-port", String.valueOf(FreePorts.base(3)), "--heap", "128m", "--timeout", "120s");
        client("topic", "create", "single", "--assignment", "0=3");
        client("topic", "create", "grows", "--assignment", "0=1", "--assignment", "1=2");
        client("produce", "grows", "--value", "hello");

        assertThat(client("topic", "reassign", "grows", "--replicas", "3"))
                .containsPattern("grows-0 +1 +1,\\d,\\d +2")
                .endsWith("2 partitions, 4 replicas to copy\n");
        assertThat(client("topic", "describe", "grows")).contains("partitions  2, replicas 1");
        client("topic", "reassign", "grows", "--replicas", "3", "--execute", "--wait");
        assertThat(client("topic", "describe", "grows")).contains("partitions  2, replicas 3");
        assertThat(client("cluster", "verify", "--topic", "grows")).contains("all replicas of 2 partitions are equal");
        assertThat(failure("broker", "drain", "3"))
                .contains("grows-0", "every other broker that takes replicas has one");

        local("kill", "3");
        until(() -> assertThat(client("cluster", "describe"))
                .containsPattern("single-0 +offline +broker 3, which has every record, is not registered"));
        assertThat(failure("cluster", "elect", "--unclean", "single"))
                .contains("WARNING: an unclean election loses acknowledged records for good")
                .contains("single-0: broker 3, which has every record, is not registered")
                .contains("would elect leaders that lack records for 1 partition");
        assertThat(failure("cluster", "elect", "--unclean", "single", "--yes"))
                .contains("no leader was elected for 1 partition: single-0");
    }

    @Test
    void throttleStaysWithTheMovesAndGoesWithThem() throws Exception {
        local("start", "3", "--base-port", String.valueOf(FreePorts.base(3)), "--heap", "128m", "--timeout", "120s");
        client("topic", "create", "heavy", "--assignment", "0=1");
        for (int i = 0; i < 10; i++) {
            client("produce", "heavy", "--value", "x".repeat(500_000));
        }
        String[] slow = {"topic", "reassign", "heavy", "--assignment", "0=2", "--execute", "--throttle", "50K"};
        String[] fast = {"topic", "reassign", "heavy", "--assignment", "0=2", "--execute", "--wait", "--throttle", "1G"
        };

        assertThat(remarks(slow)).contains("at most 50.0 KiB/s", "the throttle of 1 partition of heavy stays");
        assertThat(throttles())
                .containsExactly(
                        "1 follower.replication.throttled.rate=51200",
                        "1 leader.replication.throttled.rate=51200",
                        "2 follower.replication.throttled.rate=51200",
                        "2 leader.replication.throttled.rate=51200",
                        "heavy follower.replication.throttled.replicas=0:2",
                        "heavy leader.replication.throttled.replicas=0:1");
        assertThat(client("topic", "reassign", "heavy", "--cancel")).isEqualTo("took back the moves of 1 partition\n");
        assertThat(throttles()).isEmpty();

        remarks(slow);
        assertThat(remarks(fast)).contains("nothing of heavy moves any more");
        assertThat(client("topic", "describe", "heavy")).containsPattern("0 +2 +2 ");
        assertThat(throttles()).isEmpty();

        client("broker", "drain", "2", "--throttle", "1G");
        assertThat(throttles()).isEmpty();
    }

    /** What is throttled, each with the topic or broker that it is set on. */
    private List<String> throttles() throws Exception {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", (Object) LocalCluster.in(folder).bootstrap()))) {
            List<ConfigResource> resources = List.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, "heavy"),
                    new ConfigResource(ConfigResource.Type.BROKER, "1"),
                    new ConfigResource(ConfigResource.Type.BROKER, "2"),
                    new ConfigResource(ConfigResource.Type.BROKER, "3"));
            List<String> set = new ArrayList<>();
            admin.describeConfigs(resources).all().get().forEach((resource, config) -> config.entries().stream()
                    .filter(entry -> entry.name().contains(".replication.throttled."))
                    .filter(entry -> entry.source() != ConfigEntry.ConfigSource.DEFAULT_CONFIG)
                    .forEach(entry -> set.add(resource.name() + " " + entry.name() + "=" + entry.value())));
            return set.stream().sorted().toList();
        }
    }

    private String remarks(String... words) {
        CommandRun run = CommandRun.of(
                with(List.of(), words, "--bootstrap", LocalCluster.in(folder).bootstrap()));
        assertThat(run.status()).as(String.join(" ", words) + run.err()).isZero();
        return run.err();
    }

    private static void until(org.awaitility.core.ThrowingRunnable holds) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).untilAsserted(holds);
    }

    private void local(String... words) {
        ok(with(List.of("cluster"), words, "--data", folder.toString()));
    }

    private String client(String... words) {
        return ok(with(List.of(), words, "--bootstrap", LocalCluster.in(folder).bootstrap()));
    }

    private String failure(String... words) {
        CommandRun run = CommandRun.of(
                with(List.of(), words, "--bootstrap", LocalCluster.in(folder).bootstrap()));
        assertThat(run.status()).as(String.join(" ", words) + run.out()).isEqualTo(1);
        return run.err();
    }

    private static String ok(String... command) {
        CommandRun run = CommandRun.of(command);
        assertThat(run.status())
                .as(String.join(" ", command) + ": " + run.out() + run.err())
                .isZero();
        return run.out();
    }

    private static String[] with(List<String> before, String[] words, String option, String value) {
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of(words));
        all.addAll(List.of(option, value));
        return all.toArray(String[]::new);
    }
}
