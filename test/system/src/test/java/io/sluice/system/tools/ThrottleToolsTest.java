package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Moves that Kafka's own tools throttle (KIP-73), change and make an end of. */
@ExtendWith(SharedCluster.class)
@DisabledIfSystemProperty(named = "sluice.target", matches = "kafka", disabledReason = "Kafka is run as one broker")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(ThrottleToolsTest.THROTTLES)
class ThrottleToolsTest {
    /** The tools take the throttles off all brokers once a move is verified, whoever set them. */
    static final String THROTTLES = "throttles";

    private static final String REASSIGN = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
    private static final String CONFIGS = "kafka.admin.ConfigCommand";
    private static final List<String> OF_TOPIC =
            List.of("leader.replication.throttled.replicas", "follower.replication.throttled.replicas");
    private static final List<String> OF_BROKER =
            List.of("leader.replication.throttled.rate", "follower.replication.throttled.rate");

    private static final int RECORD_BYTES = 20_000;
    private static final int RECORDS = 1_000;
    private static final int RATE = 2_000_000;
    private static final long SECONDS_AT_RATE = (long) RECORDS * RECORD_BYTES / RATE;

    private final BrokerCluster cluster;

    @TempDir
    private Path temp;

    ThrottleToolsTest(BrokerCluster cluster) {
        this.cluster = cluster;
    }

    private String tool(String name, String... arguments) {
        return ToolRun.ok(cluster, name, arguments);
    }

    private void create(String topic, String assignment) {
        tool("org.apache.kafka.tools.TopicCommand", "--create", "--topic", topic, "--replica-assignment", assignment);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrap(), "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void fill(KafkaProducer<byte[], byte[]> producer, String topic) {
        Random random = new Random(1);
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[RECORD_BYTES];
            random.nextBytes(value);
            producer.send(new ProducerRecord<>(topic, 0, null, value));
        }
        producer.flush();
    }

    private Path plan(String topic, String replicas) throws IOException {
        return Files.writeString(
                temp.resolve(topic + "-" + replicas + ".json"),
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"replicas\":[%s]}]}"
                        .formatted(topic, replicas));
    }

    private static boolean moves(Admin admin, String topic) throws Exception {
        return admin.listPartitionReassignments().reassignments().get().containsKey(new TopicPartition(topic, 0));
    }

    /** Settings that are set on the topic or on a broker itself. */
    private static List<String> throttles(Admin admin, String topic) throws Exception {
        Stream<ConfigResource> resources = Stream.concat(
                Stream.of(new ConfigResource(ConfigResource.Type.TOPIC, topic)),
                Stream.of("1", "2", "3").map(broker -> new ConfigResource(ConfigResource.Type.BROKER, broker)));
        return admin.describeConfigs(resources.toList()).all().get().values().stream()
                .flatMap(config -> config.entries().stream())
                .filter(entry -> OF_TOPIC.contains(entry.name()) || OF_BROKER.contains(entry.name()))
                .filter(entry -> entry.source() != ConfigSource.DEFAULT_CONFIG)
                .map(ConfigEntry::name)
                .toList();
    }

    @Test
    void throttledMoveTakesItsTimeWhileOtherPartitionsAreAcknowledgedAsEver() throws Exception {
        create("throttled", "1:2");
        create("beside", "1:2:3,2:3:1,3:1:2");
        Path plan = plan("throttled", "3,2");
        try (KafkaProducer<byte[], byte[]> producer = producer();
                Admin admin = cluster.admin()) {
            fill(producer, "throttled");

            assertThat(tool(
                            REASSIGN,
                            "--reassignment-json-file",
                            plan.toString(),
                            "--execute",
                            "--throttle",
                            String.valueOf(RATE)))
                    .contains("The inter-broker throttle limit was set to " + RATE + " B/s");
            long beganNanos = System.nanoTime();
            List<Long> acknowledgedMs = new ArrayList<>();
            while (moves(admin, "throttled")) {
                long sentNanos = System.nanoTime();
                producer.send(new ProducerRecord<>("beside", acknowledgedMs.size() % 3, null, new byte[100]))
                        .get(30, TimeUnit.SECONDS);
                acknowledgedMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sentNanos));
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNanos);

            assertThat(seconds).isBetween(SECONDS_AT_RATE / 2, SECONDS_AT_RATE * 5);
            acknowledgedMs.sort(null);
            assertThat(acknowledgedMs).hasSizeGreaterThan(50);
            assertThat(acknowledgedMs.get(acknowledgedMs.size() / 2))
                    .as("median of milliseconds to an acknowledgement")
                    .isLessThan(200);

            assertThat(tool(CONFIGS, "--describe", "--entity-type", "topics", "--entity-name", "throttled"))
                    .contains(
                            "leader.replication.throttled.replicas=0:1,0:2",
                            "follower.replication.throttled.replicas=0:3");
            assertThat(tool(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-name", "3"))
                    .contains(OF_BROKER.get(0) + "=" + RATE, OF_BROKER.get(1) + "=" + RATE);
            assertThat(tool(REASSIGN, "--reassignment-json-file", plan.toString(), "--verify"))
                    .contains("Reassignment of partition throttled-0 is completed.", "Clearing topic-level throttles");
            assertThat(throttles(admin, "throttled")).isEmpty();
        }
    }

    @Test
    void throttleThatIsRaisedMeanwhileHoldsAtOnce() throws Exception {
        create("raised", "1:2");
        Path plan = plan("raised", "3,2");
        try (KafkaProducer<byte[], byte[]> producer = producer();
                Admin admin = cluster.admin()) {
            fill(producer, "raised");
            String file = plan.toString();
            tool(REASSIGN, "--reassignment-json-file", file, "--execute", "--throttle", "50000");
            assertThat(tool(REASSIGN, "--reassignment-json-file", file, "--verify"))
                    .contains("Reassignment of partition raised-0 is still in progress.");
            assertThat(throttles(admin, "raised")).hasSize(8);

            tool(REASSIGN, "--reassignment-json-file", file, "--execute", "--additional", "--throttle", "500000000");

            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !moves(admin, "raised"));
            tool(REASSIGN, "--reassignment-json-file", file, "--verify");
            assertThat(throttles(admin, "raised")).isEmpty();
        }
    }

    @Test
    void valueThatIsNoThrottleIsRefusedWithTheFormat() {
        create("refusing", "1:2");
        try (Admin admin = cluster.admin()) {
            Map<ConfigResource, Collection<AlterConfigOp>> bad = Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, "refusing"),
                    List.of(new AlterConfigOp(new ConfigEntry(OF_TOPIC.get(0), "zero"), AlterConfigOp.OpType.SET)));
            assertThatThrownBy(() -> admin.incrementalAlterConfigs(bad).all().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("write *, or pairs with commas between such as 0:1,0:2");
        }
    }
}
