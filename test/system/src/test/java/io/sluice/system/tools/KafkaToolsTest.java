package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.Command;
import io.sluice.system.harness.SharedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command-line tools of Apache Kafka 4.3.1, each in a JVM of its own. */
@ExtendWith(SharedBroker.class)
@Execution(ExecutionMode.CONCURRENT)
class KafkaToolsTest {
    private static final String TOOLS = "org.apache.kafka.tools.";
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final BrokerProcess broker;

    KafkaToolsTest(BrokerProcess broker) {
        this.broker = broker;
    }

    private static String name(String stem) {
        return "tool-" + stem + "-" + NEXT.incrementAndGet();
    }

    private String tool(String name, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        return Command.java(name.startsWith("kafka.") ? name : TOOLS + name, all.toArray(String[]::new))
                .ok();
    }

    private void fill(String topic, int partitions, int records) {
        tool("TopicCommand", "--create", "--topic", topic, "--partitions", Integer.toString(partitions));
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < records; i++) {
            lines.append("key-").append(i).append(":value-").append(i).append('\n');
        }
        Command.javaWithInput(
                        lines.toString(),
                        TOOLS + "ConsoleProducer",
                        "--bootstrap-server",
                        broker.bootstrap(),
                        "--topic",
                        topic,
                        "--reader-property",
                        "parse.key=true",
                        "--reader-property",
                        "key.separator=:")
                .ok();
    }

    @Test
    void topicsAreCreatedDescribedAlteredListedAndDeleted() {
        String topic = name("topics");
        tool("TopicCommand", "--create", "--topic", topic, "--partitions", "2", "--config", "retention.ms=60000");
        assertThat(tool("TopicCommand", "--describe", "--topic", topic))
                .contains("PartitionCount: 2", "ReplicationFactor: 1", "retention.ms=60000", "Isr: 1");
        tool("TopicCommand", "--alter", "--topic", topic, "--partitions", "4");
        assertThat(tool("TopicCommand", "--describe", "--topic", topic)).contains("PartitionCount: 4");
        assertThat(tool("TopicCommand", "--list")).contains(topic);
        tool("TopicCommand", "--delete", "--topic", topic);
        assertThat(tool("TopicCommand", "--list")).doesNotContain(topic);
        assertThat(Command.java(
                                TOOLS + "TopicCommand",
                                "--bootstrap-server",
                                broker.bootstrap(),
                                "--create",
                                "--topic",
                                "not/valid")
                        .status())
                .isNotZero();
    }

    @Test
    void configsAreAlteredAndDescribed() {
        String topic = name("configs");
        tool("TopicCommand", "--create", "--topic", topic);
        String[] entity = {"--entity-type", "topics", "--entity-name", topic};
        tool("kafka.admin.ConfigCommand", join(entity, "--alter", "--add-config", "retention.ms=1234,segment.ms=7777"));
        assertThat(tool("kafka.admin.ConfigCommand", join(entity, "--describe")))
                .contains("retention.ms=1234", "segment.ms=7777", "DYNAMIC_TOPIC_CONFIG");
        tool("kafka.admin.ConfigCommand", join(entity, "--alter", "--delete-config", "segment.ms"));
        assertThat(tool("kafka.admin.ConfigCommand", join(entity, "--describe")))
                .doesNotContain("segment.ms=7777");
        assertThat(tool(
                        "kafka.admin.ConfigCommand",
                        "--entity-type",
                        "brokers",
                        "--entity-name",
                        "1",
                        "--describe",
                        "--all"))
                .contains("log.dirs=", "message.max.bytes=1048588");
    }

    private static String[] join(String[] first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void groupsAreListedDescribedResetAndDeleted() {
        String topic = name("groups");
        String group = name("group");
        fill(topic, 1, 30);
        assertThat(tool(
                        "consumer.ConsoleConsumer",
                        "--topic",
                        topic,
                        "--group",
                        group,
                        "--from-beginning",
                        "--max-messages",
                        "30",
                        "--timeout-ms",
                        "20000",
                        "--formatter-property",
                        "print.key=true"))
                .contains("key-0\tvalue-0", "key-29\tvalue-29");
        assertThat(tool("consumer.group.ConsumerGroupCommand", "--list")).contains(group);
        String[] of = {"--group", group};
        String described = tool("consumer.group.ConsumerGroupCommand", join(of, "--describe"));
        assertThat(described
                        .lines()
                        .filter(line -> line.startsWith(group))
                        .findFirst()
                        .orElseThrow()
                        .split("\\s+"))
                .startsWith(group, topic, "0", "30", "30", "0");
        assertThat(tool("consumer.group.ConsumerGroupCommand", join(of, "--describe", "--state")))
                .contains("Empty");
        tool(
                "consumer.group.ConsumerGroupCommand",
                join(of, "--reset-offsets", "--topic", topic, "--to-offset", "12", "--execute"));
        described = tool("consumer.group.ConsumerGroupCommand", join(of, "--describe"));
        assertThat(described
                        .lines()
                        .filter(line -> line.startsWith(group))
                        .findFirst()
                        .orElseThrow()
                        .split("\\s+"))
                .startsWith(group, topic, "0", "12", "30", "18");
        tool("consumer.group.ConsumerGroupCommand", join(of, "--delete"));
        assertThat(tool("consumer.group.ConsumerGroupCommand", "--list")).doesNotContain(group);
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void liveGroupIsShownWithItsMembersAndProtected(String protocol) {
        String topic = name("live");
        String group = name("live-group");
        fill(topic, 2, 10);
        String[] of = {"--group", group};
        String[] reset = join(of, "--reset-offsets", "--topic", topic, "--to-earliest", "--execute");
        try (KafkaConsumer<byte[], byte[]> member = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "group.id", group, "group.protocol", protocol),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            member.subscribe(List.of(topic));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                member.poll(Duration.ofMillis(100));
                return member.assignment().size() == 2;
            });
            member.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)));
            assertThat(groups(join(of, "--describe", "--state", "--verbose")))
                    .contains("Stable", protocol.equals("consumer") ? "uniform" : "range");
            assertThat(groups(join(of, "--describe", "--members", "--verbose")))
                    .contains(member.groupMetadata().memberId(), topic);
            assertThat(groups(join(of, "--describe", "--offsets", "--verbose")))
                    .contains(topic, member.groupMetadata().memberId());
            assertThat(groups("--list", "--state", "Stable", "--type", protocol))
                    .contains(group);
            assertThat(groups(reset)).contains("is inactive, but the current state is Stable");
            assertThat(groups(join(of, "--delete"))).contains("The group is not empty");
        }
        assertThat(groups("--list", "--state", "Empty")).contains(group);
        assertThat(groups(reset)).contains(topic);
        assertThat(groups(join(of, "--delete-offsets", "--topic", topic))).contains(topic, "Successful");
        assertThat(groups(join(of, "--delete"))).contains("was successful");
        assertThat(groups("--list")).doesNotContain(group);
    }

    /** What the groups tool prints, whether it does what it is told or says why not. */
    private String groups(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
        all.addAll(List.of(arguments));
        return Command.java(TOOLS + "consumer.group.ConsumerGroupCommand", all.toArray(String[]::new))
                .output();
    }

    @Test
    void offsetsAndLogDirsAreShownAndRecordsDeleted(@TempDir Path temp) throws IOException {
        String topic = name("offsets");
        fill(topic, 1, 20);
        assertThat(tool("GetOffsetShell", "--topic", topic, "--time", "latest")).contains(topic + ":0:20");
        assertThat(tool("GetOffsetShell", "--topic", topic, "--time", "max-timestamp"))
                .contains(topic + ":0:");
        assertThat(tool("LogDirsCommand", "--describe", "--topic-list", topic))
                .contains("\"partition\":\"" + topic + "-0\"");
        Path json = temp.resolve("delete.json");
        Files.writeString(
                json,
                "{\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":5}],\"version\":1}".formatted(topic));
        assertThat(tool("DeleteRecordsCommand", "--offset-json-file", json.toString()))
                .contains("low_watermark: 5");
        assertThat(tool("GetOffsetShell", "--topic", topic, "--time", "earliest"))
                .contains(topic + ":0:5");
    }

    @Test
    void performanceToolsRun() {
        String topic = name("perf");
        tool("TopicCommand", "--create", "--topic", topic, "--partitions", "3");
        assertThat(tool(
                        "ProducerPerformance",
                        "--topic",
                        topic,
                        "--num-records",
                        "20000",
                        "--record-size",
                        "100",
                        "--throughput",
                        "-1"))
                .contains("20000 records sent");
        assertThat(tool("ConsumerPerformance", "--topic", topic, "--num-records", "20000", "--timeout", "20000"))
                .contains(", 20000, ");
    }

    @Test
    void dumpToolReadsTheSegments() throws IOException {
        String topic = name("dump");
        fill(topic, 1, 25);
        Path segment = segmentsOf(topic).get(0);
        String dump = Command.java(
                        TOOLS + "DumpLogSegments",
                        "--files",
                        segment.toString(),
                        "--print-data-log",
                        "--deep-iteration")
                .ok();
        assertThat(dump).contains("Log starting offset: 0", "key: key-0 payload: value-0", "payload: value-24");
        assertThat(dump.lines().filter(line -> line.contains("isvalid: false"))).isEmpty();
        assertThat(dump.lines().filter(line -> line.contains("payload: value-")))
                .hasSize(25);
    }

    @Test
    void dumpToolDecodesCommittedOffsets() throws IOException {
        String topic = name("decode");
        String group = name("decode-group");
        fill(topic, 1, 3);
        tool(
                "consumer.ConsoleConsumer",
                "--topic",
                topic,
                "--group",
                group,
                "--from-beginning",
                "--max-messages",
                "3",
                "--timeout-ms",
                "20000");
        StringBuilder dump = new StringBuilder();
        for (Path segment : segmentsOf("__consumer_offsets")) {
            dump.append(Command.java(TOOLS + "DumpLogSegments", "--files", segment.toString(), "--offsets-decoder")
                    .ok());
        }
        assertThat(dump).contains("\"group\":\"" + group + "\"", "\"topic\":\"" + topic + "\"", "\"offset\":3");
    }

    /** The segments of a topic, whatever its folders are called beyond its name. */
    private List<Path> segmentsOf(String topic) throws IOException {
        try (Stream<Path> files = Files.walk(broker.data())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.getParent().getFileName().toString().startsWith(topic))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
