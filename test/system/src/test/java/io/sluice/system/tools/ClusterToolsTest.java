package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Command;
import io.sluice.system.harness.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Kafka's command-line tools and kcat where they show or do what takes several brokers. */
@ExtendWith(SharedCluster.class)
@DisabledIfSystemProperty(named = "sluice.target", matches = "kafka", disabledReason = "Kafka is run as one broker")
@Execution(ExecutionMode.CONCURRENT)
class ClusterToolsTest {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String TOPICS = TOOLS + "TopicCommand";
    private static final String REASSIGN = TOOLS + "reassign.ReassignPartitionsCommand";
    private static final String GROUPS = TOOLS + "consumer.group.ConsumerGroupCommand";

    private final BrokerCluster cluster;

    @TempDir
    private Path temp;

    ClusterToolsTest(BrokerCluster cluster) {
        this.cluster = cluster;
    }

    private String tool(String name, String... arguments) {
        return ToolRun.ok(cluster, name, arguments);
    }

    /** Creates a topic whose partitions have these replicas, such as {@code 1:2,2:3}. */
    private void create(String topic, String assignment) {
        tool(TOPICS, "--create", "--topic", topic, "--replica-assignment", assignment);
    }

    private void fill(String topic, int records) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < records; i++) {
            lines.append("value-").append(i).append('\n');
        }
        Command.javaWithInput(
                        lines.toString(),
                        TOOLS + "ConsoleProducer",
                        "--bootstrap-server",
                        cluster.bootstrap(),
                        "--topic",
                        topic,
                        "--producer-property",
                        "acks=all")
                .ok();
    }

    private String[] described(String topic, int partition) {
        return tool(TOPICS, "--describe", "--topic", topic)
                .lines()
                .filter(line -> line.contains("Partition: " + partition))
                .findFirst()
                .orElseThrow()
                .trim()
                .split("\t");
    }

    @Test
    void topicsToolShowsReplicasAndWhoIsInSync() {
        tool(TOPICS, "--create", "--topic", "shown", "--partitions", "3");

        assertThat(tool(TOPICS, "--describe", "--topic", "shown")).contains("ReplicationFactor: 3");
        for (int partition = 0; partition < 3; partition++) {
            String[] words = described("shown", partition);
            assertThat(sorted(after("Replicas: ", words))).containsExactly("1", "2", "3");
            assertThat(sorted(after("Isr: ", words))).containsExactly("1", "2", "3");
            assertThat(after("Leader: ", words))
                    .isEqualTo(after("Replicas: ", words).substring(0, 1));
        }
        assertThat(tool(TOPICS, "--describe", "--topic", "shown", "--under-replicated-partitions"))
                .isBlank();
        assertThat(tool(TOPICS, "--describe", "--topic", "shown", "--unavailable-partitions"))
                .isBlank();
    }

    private static String after(String label, String[] words) {
        for (String word : words) {
            if (word.startsWith(label)) {
                return word.substring(label.length()).trim();
            }
        }
        throw new AssertionError("no " + label + "in " + List.of(words));
    }

    private static List<String> sorted(String list) {
        return List.of(list.split(",")).stream().sorted().toList();
    }

    @Test
    @ResourceLock(ThrottleToolsTest.THROTTLES)
    void reassignToolMovesAPartitionWithItsRecords() throws IOException {
        create("moved", "1:2,2:3");
        fill("moved", 500);
        Path plan = plan("moved", 0, "3,1");

        tool(REASSIGN, "--reassignment-json-file", plan.toString(), "--execute");

        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> tool(
                        REASSIGN, "--reassignment-json-file", plan.toString(), "--verify")
                .contains("Reassignment of partition moved-0 is completed."));
        assertThat(after("Replicas: ", described("moved", 0))).isEqualTo("3,1");
        assertThat(sorted(after("Isr: ", described("moved", 0)))).containsExactly("1", "3");
        assertThat(after("Replicas: ", described("moved", 1))).isEqualTo("2,3");
        assertThat(sumOfOffsets(tool(TOOLS + "GetOffsetShell", "--topic", "moved")))
                .isEqualTo(500);
    }

    private Path plan(String topic, int partition, String replicas) throws IOException {
        return Files.writeString(
                temp.resolve(topic + ".json"),
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":%d,\"replicas\":[%s]}]}"
                        .formatted(topic, partition, replicas));
    }

    @Test
    @ResourceLock(ThrottleToolsTest.THROTTLES) // a move is refused while there is another, and takes throttles off
    void electionToolBringsThePreferredLeaderBack() throws Exception {
        create("elected", "1:2:3");
        Path plan = plan("elected", 0, "2,1,3");
        tool(REASSIGN, "--reassignment-json-file", plan.toString(), "--execute");
        try (Admin admin = cluster.admin()) {
            cluster.awaitInSync(admin, List.of("elected"), Duration.ofSeconds(60));
        }
        assertThat(after("Leader: ", described("elected", 0))).isEqualTo("1");

        String done = tool(
                TOOLS + "LeaderElectionCommand",
                "--election-type",
                "PREFERRED",
                "--topic",
                "elected",
                "--partition",
                "0");

        assertThat(done).contains("Successfully completed leader election (PREFERRED) for partitions elected-0");
        assertThat(after("Leader: ", described("elected", 0))).isEqualTo("2");
        assertThat(tool(
                        TOOLS + "LeaderElectionCommand",
                        "--election-type",
                        "PREFERRED",
                        "--topic",
                        "elected",
                        "--partition",
                        "0"))
                .contains("Valid replica already elected for partitions elected-0");
    }

    @Test
    void offsetsAndGroupsAreGatheredFromAllBrokers() {
        create("gathered", "1:2:3,2:3:1,3:1:2");
        fill("gathered", 300);
        tool(
                TOOLS + "consumer.ConsoleConsumer",
                "--topic",
                "gathered",
                "--group",
                "gatherers",
                "--from-beginning",
                "--max-messages",
                "300",
                "--timeout-ms",
                "30000");

        String offsets = tool(TOOLS + "GetOffsetShell", "--topic", "gathered");
        assertThat(offsets.lines()).hasSize(3);
        assertThat(sumOfOffsets(offsets)).isEqualTo(300);
        List<String[]> rows = tool(GROUPS, "--describe", "--group", "gatherers")
                .lines()
                .filter(line -> line.startsWith("gatherers"))
                .map(line -> line.split("\\s+"))
                .toList();
        assertThat(rows).hasSize(3);
        assertThat(rows.stream().mapToLong(row -> Long.parseLong(row[3])).sum()).isEqualTo(300);
        assertThat(rows).allSatisfy(row -> assertThat(row[5]).isEqualTo("0"));
        assertThat(tool(TOOLS + "LogDirsCommand", "--describe", "--topic-list", "gathered"))
                .contains("\"broker\":1", "\"broker\":2", "\"broker\":3");
    }

    /** Lines of topic:partition:offset. */
    private static long sumOfOffsets(String lines) {
        return lines.lines()
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(':') + 1)))
                .sum();
    }

    @Test
    void kcatWorks() {
        assertThat(ForeignClients.calm(cluster.bootstrap(), "on-three").kcat()).hasSize(11);
    }

    @Test
    void kafkajsWorks() {
        assertThat(ForeignClients.calm(cluster.bootstrap(), "on-three").kafkajs())
                .hasSize(9);
    }
}
