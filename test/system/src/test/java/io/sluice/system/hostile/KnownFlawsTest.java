package io.sluice.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.RawConnection;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Flaws that other brokers had, one test for each that a Kafka front end could have too; the rules of ArchitectureTest
 * see to those that are about what the code may call. Each test names the CVE.
 */
class KnownFlawsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int SNAPPY = 2;
    private static final int ZSTD = 4;
    private static final List<String> PATHS =
            List.of("../outside", "..", ".", "a/b", "/tmp/outside", "a\\b", "\u0000", "a\nb", "%2e%2e%2foutside", "");

    private static BrokerProcess broker;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Target.current() == Target.SLUICE, "not run: these are other brokers' flaws");
        broker = BrokerProcess.start(BrokerSpec.fresh("flaws").heap("128m"));
        try (Admin admin = admin()) {
            admin.createTopics(List.of(
                            new NewTopic("as-sent", 1, (short) 1),
                            new NewTopic("converted", 1, (short) 1).configs(Map.of("compression.type", "gzip"))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            assertThat(broker.alive()).isTrue();
            assertThat(broker.log()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError");
            broker.close();
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    private static RawConnection open() throws IOException {
        return RawConnection.open(broker.port(), PATIENCE);
    }

    /** Kafka CVE-2022-34917, ActiveMQ CVE-2025-27533, RabbitMQ CVE-2026-57220: memory for a length that was only told. */
    @Test
    void announcedLengthsBuyNoMemory() throws IOException {
        long before = broker.residentBytes();
        List<RawConnection> all = new ArrayList<>();
        try {
            for (int i = 0; i < 2_000; i++) {
                RawConnection connection = open();
                all.add(connection);
                connection.send(
                        ByteBuffer.allocate(5).putInt(20 << 20).put((byte) 0).array());
            }
            // The last one is served after the broker has seen the others.
            try (RawConnection normal = open()) {
                assertThat(normal.apiVersions().errorCode()).isZero();
            }
            assertThat(broker.residentBytes() - before)
                    .as("bytes for 2,000 lengths of 20 MB each")
                    .isLessThan(64L << 20);
        } finally {
            for (RawConnection connection : all) {
                connection.close();
            }
        }
    }

    /** ActiveMQ CVE-2026-49432 and 50750: a length below zero. */
    @Test
    void lengthsBelowZeroCloseTheConnection() throws IOException {
        for (int length : new int[] {-1, Integer.MIN_VALUE}) {
            try (RawConnection connection = open()) {
                connection.send(ByteBuffer.allocate(4).putInt(length).array());
                assertThat(connection.closedByBroker()).isTrue();
            }
        }
    }

    /** ActiveMQ CVE-2025-66168 and 2026-40046: a varint of more bits than its number has. */
    @Test
    void varintsThatOverflowCloseTheConnection() throws IOException {
        byte[][] varints = {{-1, -1, -1, -1, 0x7f}, {-1, -1, -1, -1, 0x10}, {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01}};
        for (ApiKeys api : List.of(ApiKeys.PRODUCE, ApiKeys.METADATA, ApiKeys.API_VERSIONS, ApiKeys.FETCH)) {
            for (byte[] varint : varints) {
                // Where the tagged fields of the header are counted.
                ByteBuffer frame = ByteBuffer.allocate(64)
                        .putShort(api.id)
                        .putShort(api == ApiKeys.API_VERSIONS ? (short) 3 : (short) 12)
                        .putInt(1)
                        .putShort((short) -1)
                        .put(varint);
                try (RawConnection connection = open()) {
                    connection.sendFrame(frame.flip());
                    assertThat(connection.closedByBroker()).as("%s", api).isTrue();
                }
            }
        }
    }

    /** Kafka CVE-2023-34455 (snappy-java): sizes inside the compressed bytes were believed. */
    @Test
    void snappySizeFieldsBuyNoMemory() throws IOException {
        byte[] framing = {-126, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
        List<byte[]> chunks = List.of(
                chunk(Integer.MAX_VALUE), // a chunk of 2 GB
                chunk(-1), // a chunk of less than nothing
                chunk(6, (byte) -1, (byte) -1, (byte) -1, (byte) -1, (byte) 0x07, (byte) 0), // 2 GB once unpacked
                chunk(6, (byte) -1, (byte) -1, (byte) -1, (byte) -1, (byte) 0x0f, (byte) 0)); // less than nothing
        for (byte[] chunk : chunks) {
            ByteBuffer records = ByteBuffer.allocate(framing.length + chunk.length)
                    .put(framing)
                    .put(chunk);
            assertRefused(RawBatch.of(SNAPPY, 1, records.array()));
        }
    }

    private static byte[] chunk(int length, byte... content) {
        return ByteBuffer.allocate(4 + content.length)
                .putInt(length)
                .put(content)
                .array();
    }

    /** A zstd frame may ask for a window of 2 GB before it holds a byte. */
    @Test
    void zstdWindowsBuyNoMemory() throws IOException {
        byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0x00, (byte) (21 << 3), 0x01, 0x00, 0x00};
        assertRefused(RawBatch.of(ZSTD, 1, frame));
    }

    private static void assertRefused(RawBatch batch) throws IOException {
        long before = broker.residentBytes();
        for (String topic : List.of("as-sent", "converted")) {
            assertThat(RawProduce.to(broker, topic, batch))
                    .as(topic)
                    .isIn(Errors.CORRUPT_MESSAGE, Errors.INVALID_RECORD, Errors.MESSAGE_TOO_LARGE);
        }
        assertThat(broker.residentBytes() - before).isLessThan(64L << 20);
    }

    /** RocketMQ CVE-2019-17572: a topic's name was a path. */
    @Test
    void topicNamesAreNoPaths() throws IOException {
        Set<Path> before = filesAround();
        for (String name : PATHS) {
            assertThat(created(name)).as("'%s'", name).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
            assertThat(named(name)).as("'%s'", name).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        }
        assertThat(filesAround()).isEqualTo(before);
    }

    private static Errors created(String name) throws IOException {
        short version = 4;
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName(name)
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        try (RawConnection connection = open()) {
            return Errors.forCode(
                    new CreateTopicsResponseData(connection.call(ApiKeys.CREATE_TOPICS, version, request), version)
                            .topics()
                            .iterator()
                            .next()
                            .errorCode());
        }
    }

    /** By naming it where topics are created on demand. */
    private static Errors named(String name) throws IOException {
        short version = 9;
        MetadataRequestData request = new MetadataRequestData()
                .setAllowAutoTopicCreation(true)
                .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(name)));
        try (RawConnection connection = open()) {
            return Errors.forCode(new MetadataResponseData(connection.call(ApiKeys.METADATA, version, request), version)
                    .topics()
                    .iterator()
                    .next()
                    .errorCode());
        }
    }

    private static Set<Path> filesAround() throws IOException {
        try (Stream<Path> inData = Files.list(broker.data());
                Stream<Path> beside = Files.list(broker.data().toAbsolutePath().getParent())) {
            return Stream.concat(inData, beside).collect(Collectors.toSet());
        }
    }

    /** RocketMQ CVE-2023-33246 and 37582: settings of paths and programs were changed over the wire. */
    @Test
    void pathsAndListenersAreNotSetOverTheWire() throws Exception {
        ConfigResource self = new ConfigResource(ConfigResource.Type.BROKER, "1");
        ConfigResource all = new ConfigResource(ConfigResource.Type.BROKER, "");
        try (Admin admin = admin()) {
            for (String name : List.of(
                    "log.dirs", "log.dir", "zookeeper.connect", "listeners", "advertised.listeners", "node.id")) {
                for (ConfigResource resource : List.of(self, all)) {
                    AlterConfigOp set =
                            new AlterConfigOp(new ConfigEntry(name, "/tmp/outside"), AlterConfigOp.OpType.SET);
                    assertThat(failureOf(() -> admin.incrementalAlterConfigs(Map.of(resource, List.of(set)))
                                    .all()
                                    .get(30, TimeUnit.SECONDS)))
                            .as("%s of %s", name, resource)
                            .isInstanceOf(org.apache.kafka.common.errors.ApiException.class);
                }
            }
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static Throwable failureOf(Call call) throws Exception {
        try {
            call.run();
        } catch (ExecutionException e) {
            return e.getCause();
        }
        return new AssertionError("it was accepted");
    }
}
