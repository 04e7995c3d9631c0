package io.sluice.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.RawConnection;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A broker with little memory and bad company. After each test the broker lives, its memory is bounded and a normal
 * client has gone on all the while.
 */
class HostileInputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    /** Heap, metaspace, code, stacks and buffers; far below what one believed length field would cost. */
    private static final long RESIDENT_BYTES_MAX = 420L << 20;

    /** ListOffsets' word for the record with the newest timestamp. */
    private static final long MAX_TIMESTAMP = -3;

    private static BrokerProcess broker;
    private static Bystander bystander;

    @BeforeAll
    static void start() throws Exception {
        broker = BrokerProcess.start(
                BrokerSpec.fresh("hostile").heap(Target.current() == Target.KAFKA ? "512m" : "128m"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(
                            new NewTopic("as-sent", 1, (short) 1),
                            new NewTopic("converted", 1, (short) 1).configs(Map.of("compression.type", "lz4")),
                            new NewTopic("append-time", 1, (short) 1)
                                    .configs(Map.of("message.timestamp.type", "LogAppendTime"))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        bystander = new Bystander(broker);
        bystander.mustGoOn(1);
    }

    @AfterEach
    void brokerIsWell() {
        bystander.mustGoOn(3);
        assertThat(broker.alive()).isTrue();
        if (Target.current() == Target.SLUICE) {
            assertThat(broker.residentBytes()).as("resident bytes").isLessThan(RESIDENT_BYTES_MAX);
            assertThat(broker.log()).doesNotContain("OutOfMemoryError", "StackOverflowError", "LEAK:");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        bystander.close();
        broker.close();
    }

    private static RawConnection open() throws IOException {
        return RawConnection.open(broker.port(), PATIENCE);
    }

    @Test
    void frameLengthOutOfRangeClosesTheConnection() throws IOException {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 500 << 20, -100}) {
            try (RawConnection connection = open()) {
                connection.send(ByteBuffer.allocate(4).putInt(length).array());
                assertThat(connection.closedByBroker())
                        .as("frame of %d bytes", length)
                        .isTrue();
            }
        }
    }

    @Test
    void tinyFramesCloseTheConnection() throws IOException {
        for (int length : new int[] {0, 1, 3, 7}) {
            try (RawConnection connection = open()) {
                connection.sendFrame(ByteBuffer.allocate(length));
                assertThat(connection.closedByBroker())
                        .as("frame of %d bytes", length)
                        .isTrue();
            }
        }
    }

    @Test
    void announcedFrameCostsNothingUntilItsBytesCome() throws IOException {
        int connections = Target.current() == Target.KAFKA ? 2 : 60;
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                RawConnection connection = open();
                open.add(connection);
                connection.send(ByteBuffer.allocate(8)
                        .putInt(90 << 20)
                        .putShort((short) 0)
                        .array());
            }
            bystander.mustGoOn(5);
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }

    @Test
    void countsBeyondTheFrameAreRefused() throws IOException {
        for (int count : new int[] {Integer.MAX_VALUE, 1_000_000_000, 70_000, -2, Integer.MIN_VALUE}) {
            if (count > 0) {
                // Metadata v1: the array of topics. A negative count is its null, which means all.
                refused(
                        ApiKeys.METADATA,
                        1,
                        ByteBuffer.allocate(4).putInt(count).flip());
            }
            // OffsetCommit v2: group "g", generation, member "", retention, topics.
            refused(
                    ApiKeys.OFFSET_COMMIT,
                    2,
                    ByteBuffer.allocate(64)
                            .putShort((short) 1)
                            .put((byte) 'g')
                            .putInt(-1)
                            .putShort((short) 0)
                            .putLong(-1)
                            .putInt(count)
                            .flip());
            // Produce v3: no transactional id, acks, time-out, topics.
            refused(
                    ApiKeys.PRODUCE,
                    3,
                    ByteBuffer.allocate(16)
                            .putShort((short) -1)
                            .putShort((short) -1)
                            .putInt(1000)
                            .putInt(count)
                            .flip());
        }
        // Compact counts and lengths are varints: the largest, and one that never ends.
        byte[] largest = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
        byte[] endless = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        for (byte[] varint : List.of(largest, endless)) {
            refused(ApiKeys.METADATA, 9, ByteBuffer.wrap(varint));
            refused(ApiKeys.PRODUCE, 9, ByteBuffer.wrap(varint));
            refused(ApiKeys.FIND_COORDINATOR, 3, ByteBuffer.wrap(varint));
            refused(ApiKeys.JOIN_GROUP, 6, ByteBuffer.wrap(varint));
        }
        // A string that is longer than what follows.
        refused(
                ApiKeys.FIND_COORDINATOR,
                0,
                ByteBuffer.allocate(2).putShort(Short.MAX_VALUE).flip());
    }

    /** Sends a body under a right header; the only answer to nonsense is to hang up. */
    private static void refused(ApiKeys api, int version, ByteBuffer body) throws IOException {
        boolean flexible = api.requestHeaderVersion((short) version) >= 2;
        ByteBuffer frame = ByteBuffer.allocate(64 + body.remaining())
                .putShort(api.id)
                .putShort((short) version)
                .putInt(7)
                .putShort((short) 1)
                .put((byte) 'c');
        if (flexible) {
            frame.put((byte) 0);
        }
        frame.put(body.duplicate()).flip();
        try (RawConnection connection = open()) {
            connection.sendFrame(frame);
            assertThat(connection.closedByBroker()).as("%s v%d", api, version).isTrue();
        }
    }

    @Test
    void unknownKeysAndVersionsCloseTheConnection() throws IOException {
        for (int[] keyAndVersion : new int[][] {{999, 0}, {-1, 0}, {3, 99}, {0, 2}, {1, -1}, {7, 0}}) {
            try (RawConnection connection = open()) {
                connection.sendFrame(ByteBuffer.allocate(11)
                        .putShort((short) keyAndVersion[0])
                        .putShort((short) keyAndVersion[1])
                        .putInt(1)
                        .putShort((short) 1)
                        .put((byte) 'c')
                        .flip());
                assertThat(connection.closedByBroker())
                        .as("api %d v%d", keyAndVersion[0], keyAndVersion[1])
                        .isTrue();
            }
        }
    }

    @Test
    void unknownApiVersionsVersionIsAnsweredInVersionZero() throws IOException {
        try (RawConnection connection = open()) {
            connection.sendFrame(ByteBuffer.allocate(12)
                    .putShort(ApiKeys.API_VERSIONS.id)
                    .putShort((short) 120)
                    .putInt(77)
                    .putShort((short) 1)
                    .put((byte) 'c')
                    .put((byte) 0)
                    .flip());
            ByteBuffer answer = connection.readFrame();
            assertThat(answer.getInt()).isEqualTo(77);
            ApiVersionsResponseData data = new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
            assertThat(Errors.forCode(data.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(data.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
            // The same connection goes on.
            assertThat(connection.apiVersions().errorCode()).isZero();
        }
    }

    @Test
    void clientSoftwareNameIsChecked() throws IOException {
        try (RawConnection connection = open()) {
            ApiVersionsRequestData request = new ApiVersionsRequestData()
                    .setClientSoftwareName("no spaces allowed")
                    .setClientSoftwareVersion("1");
            ByteBufferAccessor answer = connection.call(ApiKeys.API_VERSIONS, (short) 3, request);
            assertThat(Errors.forCode(new ApiVersionsResponseData(answer, (short) 3).errorCode()))
                    .isEqualTo(Errors.INVALID_REQUEST);
        }
    }

    @Test
    void brokenBatchesAreRefusedByName() throws IOException {
        assertThat(produce("as-sent", RawBatch.plain("right"))).isEqualTo(Errors.NONE);
        assertThat(produce("as-sent", RawBatch.plain("crc").wrongCrc())).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(produce("as-sent", RawBatch.plain("magic").magic(1))).isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("magic").magic(3))).isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("base").baseOffset(17))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(produce("as-sent", RawBatch.plain("codec").attributes(7))).isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("control").attributes(0x20)))
                .isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("count").count(Integer.MAX_VALUE)))
                .isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("count").count(-1))).isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("count").count(0).lastOffsetDelta(-1)))
                .isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("length").length(10))).isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("length").length(Integer.MAX_VALUE)))
                .isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("delta").lastOffsetDelta(Integer.MAX_VALUE)))
                .isIn(refusals());
        assertThat(produce("as-sent", RawBatch.of(4, 1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8})))
                .isIn(refusals());
        assertThat(produce("converted", RawBatch.of(2, 1, new byte[] {9, 9, 9})))
                .isIn(refusals());
        assertThat(produce("as-sent", RawBatch.plain("right again"))).isEqualTo(Errors.NONE);
    }

    private static List<Errors> refusals() {
        if (Target.current() == Target.KAFKA) {
            // Kafka lets some of these through and stumbles over others.
            return List.of(Errors.values());
        }
        return List.of(
                Errors.CORRUPT_MESSAGE,
                Errors.INVALID_RECORD,
                Errors.UNSUPPORTED_COMPRESSION_TYPE,
                Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT,
                Errors.MESSAGE_TOO_LARGE,
                Errors.RECORD_LIST_TOO_LARGE,
                Errors.INVALID_REQUEST);
    }

    @Test
    void inventedProducersAreHandled() throws IOException {
        assertThat(produce("as-sent", RawBatch.plain("epoch").producer(4711, 3, 5)))
                .isIn(Errors.NONE, Errors.UNKNOWN_PRODUCER_ID, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(produce("as-sent", RawBatch.plain("gap").producer(4711, 3, 900)))
                .isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(produce("as-sent", RawBatch.plain("old").producer(4711, 2, 0)))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void bombsDoNotBurst() throws IOException {
        // As many zeros as fit one batch of a megabyte with each codec.
        Map<CompressionType, Integer> megabytes = Map.of(
                CompressionType.GZIP,
                700,
                CompressionType.ZSTD,
                700,
                CompressionType.LZ4,
                200,
                CompressionType.SNAPPY,
                18);
        for (CompressionType codec : megabytes.keySet()) {
            int most = Target.current() == Target.KAFKA ? 60 : 700;
            RawBatch bomb = RawBatch.bomb(codec, Math.min(most, megabytes.get(codec)) << 20);
            assertThat(bomb.bytes().remaining()).isLessThan(1_048_000);
            for (String topic : List.of("as-sent", "converted", "append-time")) {
                Errors error = produce(topic, bomb);
                assertThat(error)
                        .as("%s to %s", codec, topic)
                        .isIn(Errors.NONE, Errors.MESSAGE_TOO_LARGE, Errors.INVALID_RECORD, Errors.CORRUPT_MESSAGE);
                lookUp(topic, System.currentTimeMillis() - 5);
                lookUp(topic, MAX_TIMESTAMP);
            }
            bystander.mustGoOn(3);
        }
    }

    private static Errors produce(String topic, RawBatch batch) throws IOException {
        return RawProduce.to(broker, topic, batch);
    }

    private static void lookUp(String topic, long timestamp) throws IOException {
        short version = 8;
        ListOffsetsRequestData request = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(timestamp)))));
        try (RawConnection connection = open()) {
            ListOffsetsResponseData data =
                    new ListOffsetsResponseData(connection.call(ApiKeys.LIST_OFFSETS, version, request), version);
            assertThat(data.topics()).hasSize(1);
        }
    }

    @Test
    void twoThousandIdleConnectionsDisturbNobody() throws IOException {
        crowd(2_000, connection -> {});
    }

    @Test
    void halfSentFramesDisturbNobody() throws IOException {
        ByteBuffer request = RawConnection.encode(ApiKeys.METADATA, (short) 9, 1, new MetadataRequestData());
        byte[] half = new byte[4 + request.remaining() / 2];
        ByteBuffer.wrap(half).putInt(request.remaining()).put(request.array(), 0, half.length - 4);
        crowd(300, connection -> connection.send(half));
    }

    /** Opens many connections, does something with each, and watches the normal client meanwhile. */
    private static void crowd(int size, Deed deed) throws IOException {
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                RawConnection connection = open();
                open.add(connection);
                deed.on(connection);
            }
            bystander.mustGoOn(20);
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }

    private interface Deed {
        void on(RawConnection connection) throws IOException;
    }

    @Test
    void floodOfShortConnectionsDisturbsNobody() throws IOException {
        for (int i = 0; i < 3_000; i++) {
            try (RawConnection connection = open()) {
                if (i % 10 == 0) {
                    connection.send(new byte[] {0, 0});
                }
            }
        }
        bystander.mustGoOn(5);
    }

    @Test
    void requestsThatNobodyReadsTheAnswersOfAreHeldBack() throws IOException {
        ByteBuffer request =
                RawConnection.encode(ApiKeys.METADATA, (short) 9, 1, new MetadataRequestData().setTopics(null));
        byte[] frame = ByteBuffer.allocate(4 + request.remaining())
                .putInt(request.remaining())
                .put(request.duplicate())
                .array();
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                RawConnection connection = open();
                open.add(connection);
                // As much as the sockets take in a moment; the broker must stop reading when it cannot write.
                connection.sendWithoutWaiting(frame, 20_000, Duration.ofMillis(200));
            }
            bystander.mustGoOn(10);
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }

    @Test
    void garbageClosesTheConnection() throws IOException {
        java.util.Random random = new java.util.Random(5);
        int rounds = Target.current() == Target.KAFKA ? 10 : 200;
        for (int i = 0; i < rounds; i++) {
            byte[] garbage = new byte[1 + random.nextInt(2000)];
            random.nextBytes(garbage);
            try (RawConnection connection = open()) {
                connection.send(garbage);
            } catch (SocketException closedEarly) {
                assertThat(broker.alive()).isTrue();
            }
        }
        assertThatThrownBy(() -> {
                    try (RawConnection connection = open()) {
                        connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes("US-ASCII"));
                        connection.readFrame();
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
