package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Command;
import io.sluice.system.harness.RestartsInTurn;
import io.sluice.system.harness.SharedCluster;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * R20: kcat, kafkajs and Kafka's command-line tools while the brokers of a cluster are restarted, cleanly and one after the
 * other, all the time.
 */
@DisabledIfSystemProperty(named = "sluice.target", matches = "kafka", disabledReason = "Kafka is run as one broker")
@Execution(ExecutionMode.CONCURRENT)
class RestartToolsTest {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final String TOPICS = TOOLS + "TopicCommand";
    private static final String GROUPS = TOOLS + "consumer.group.ConsumerGroupCommand";
    private static final int RECORDS = 500;

    private static BrokerCluster cluster;
    private static RestartsInTurn restarts;

    @BeforeAll
    static void start() {
        cluster = SharedCluster.start("restart-tools");
        restarts = RestartsInTurn.begin(cluster);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        try {
            restarts.end(cluster.ids().size());
            System.out.println("restarts " + restarts.count());
            assertThat(restarts.problems()).isEmpty();
        } finally {
            cluster.close();
        }
    }

    private static String tool(String name, String... arguments) {
        return ToolRun.ok(cluster, name, arguments);
    }

    @Test
    void topicsAreCreatedDescribedAlteredAndDeleted() {
        tool(TOPICS, "--create", "--topic", "life", "--partitions", "3");
        assertThat(tool(TOPICS, "--describe", "--topic", "life")).contains("ReplicationFactor: 3");
        tool(TOPICS, "--alter", "--topic", "life", "--partitions", "4");
        tool(
                "kafka.admin.ConfigCommand",
                "--alter",
                "--entity-type",
                "topics",
                "--entity-name",
                "life",
                "--add-config",
                "retention.ms=3600000");

        eventually(() -> {
            assertThat(tool(TOPICS, "--describe", "--topic", "life"))
                    .contains("PartitionCount: 4", "retention.ms=3600000");
        });
        tool(TOPICS, "--delete", "--topic", "life");
        eventually(() -> assertThat(tool(TOPICS, "--list").lines()).doesNotContain("life"));
    }

    @Test
    void groupReadsWhatWasProducedAndIsResetAndDeleted() {
        tool(TOPICS, "--create", "--topic", "lines", "--partitions", "3");
        String lines = IntStream.range(0, RECORDS)
                .mapToObj(number -> "value-" + number + "\n")
                .collect(Collectors.joining());
        Command.javaWithInput(lines, TOOLS + "ConsoleProducer", ToolRun.withBootstrap(cluster, "--topic", "lines"))
                .ok();

        String read = tool(
                TOOLS + "consumer.ConsoleConsumer",
                "--topic",
                "lines",
                "--group",
                "readers",
                "--from-beginning",
                "--max-messages",
                Integer.toString(RECORDS),
                "--timeout-ms",
                "60000");
        assertThat(read.lines().filter(line -> line.startsWith("value-")).distinct())
                .hasSize(RECORDS);
        assertThat(tool(GROUPS, "--describe", "--group", "readers")).contains("readers");

        tool(GROUPS, "--reset-offsets", "--group", "readers", "--topic", "lines", "--to-earliest", "--execute");
        assertThat(lag()).isEqualTo(RECORDS);
        tool(GROUPS, "--delete", "--group", "readers");
        eventually(() -> assertThat(tool(GROUPS, "--list").lines()).doesNotContain("readers"));
    }

    private static long lag() {
        return tool(GROUPS, "--describe", "--group", "readers")
                .lines()
                .filter(line -> line.startsWith("readers"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[5]))
                .sum();
    }

    /** Brokers follow what was changed, and one that is asked may be a moment behind. */
    private static void eventually(Runnable check) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(check::run);
    }

    @Test
    void kcatWorks() {
        assertThat(new ForeignClients(cluster.bootstrap(), "restless", true).kcat())
                .hasSize(11);
    }

    @Test
    void kafkajsWorks() {
        assertThat(new ForeignClients(cluster.bootstrap(), "restless", true).kafkajs())
                .hasSize(9);
    }
}
