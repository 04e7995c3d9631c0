package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.bytes;
import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.number;
import static io.sluice.system.scenario.Clients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.NeedsCalm;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** Records go in as a program sends them and come out the same. */
public class ProduceScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public ProduceScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    public void everyCodecRoundTrips() throws Exception {
        String topic = clients.topic("codec", 1);
        int each = 200;
        int sent = 0;
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            try (KafkaProducer<byte[], byte[]> producer =
                    clients.producer("compression.type", codec, "linger.ms", "20")) {
                for (int i = 0; i < each; i++) {
                    producer.send(new ProducerRecord<>(topic, bytes(codec), bytes(sent++)));
                }
            }
        }
        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, 1, sent);
        for (int i = 0; i < sent; i++) {
            assertThat(records.get(i).offset()).isEqualTo(i);
            assertThat(number(records.get(i))).isEqualTo(i);
        }
        assertThat(text(records.get(sent - 1).key())).isEqualTo("zstd");
    }

    @Scenario
    public void headersAndNullsRoundTrip() throws Exception {
        // A record of 1970 that nothing newer has followed yet would be past its retention.
        String topic = clients.topic("headers", 1, "retention.ms", "-1");
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            ProducerRecord<byte[], byte[]> full = new ProducerRecord<>(topic, 0, 1234567L, bytes("k"), bytes("v"));
            full.headers().add("a", bytes("1")).add("a", bytes("2")).add("empty", new byte[0]);
            full.headers().add("null", null).add("ключ", bytes("✓"));
            clients.sendOne(producer, full);
            clients.sendOne(producer, new ProducerRecord<>(topic, 0, null, bytes("no key")));
            clients.sendOne(producer, new ProducerRecord<>(topic, 0, bytes("no value"), null));
            clients.sendOne(producer, new ProducerRecord<>(topic, 0, null, null));
            clients.sendOne(producer, new ProducerRecord<>(topic, 0, new byte[0], new byte[0]));
        }
        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, 1, 5);
        ConsumerRecord<byte[], byte[]> full = records.get(0);
        assertThat(full.timestamp()).isEqualTo(1234567L);
        assertThat(full.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        Header[] headers = full.headers().toArray();
        assertThat(headers).extracting(Header::key).containsExactly("a", "a", "empty", "null", "ключ");
        assertThat(headers[1].value()).isEqualTo(bytes("2"));
        assertThat(headers[2].value()).isEmpty();
        assertThat(headers[3].value()).isNull();
        assertThat(headers[4].value()).isEqualTo(bytes("✓"));
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(2).value()).isNull();
        assertThat(records.get(3).key()).isNull();
        assertThat(records.get(3).value()).isNull();
        assertThat(records.get(4).key()).isEmpty();
        assertThat(records.get(4).value()).isEmpty();
    }

    @Scenario
    public void sizesFromOneByteToOneMegabyteRoundTrip() throws Exception {
        String topic = clients.topic("sizes", 1);
        int[] sizes = {1, 2, 100, 1_000, 16_383, 65_537, 300_000, 1_000_000, 1_048_000};
        Random random = new Random(7);
        List<byte[]> values = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = clients.producer("batch.size", "1")) {
            for (int size : sizes) {
                byte[] value = new byte[size];
                random.nextBytes(value);
                values.add(value);
                clients.sendOne(producer, new ProducerRecord<>(topic, value));
            }
        }
        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, 1, sizes.length);
        for (int i = 0; i < sizes.length; i++) {
            assertThat(records.get(i).value()).as("value of %d bytes", sizes[i]).isEqualTo(values.get(i));
        }
    }

    @Scenario
    @NeedsCalm("no answer is lost: whoever is not idempotent stores a record twice then, or not at all with acks=0")
    public void everyAcksSettingStores() throws Exception {
        String topic = clients.topic("acks", 1);
        int sent = 0;
        for (String acks : List.of("0", "1", "all")) {
            try (KafkaProducer<byte[], byte[]> producer =
                    clients.producer("acks", acks, "enable.idempotence", "false")) {
                RecordMetadata last = null;
                for (int i = 0; i < 50; i++) {
                    last = clients.sendOne(producer, new ProducerRecord<>(topic, 0, null, bytes(sent++)));
                }
                assertThat(last.hasOffset()).isEqualTo(!acks.equals("0"));
                if (last.hasOffset()) {
                    assertThat(last.offset()).isEqualTo(sent - 1);
                }
            }
        }
        assertThat(clients.readAll(topic, 1, sent)).extracting(Clients::number).doesNotHaveDuplicates();
    }

    @Scenario
    public void idempotentProducerKeepsOrderWithFiveInFlight() throws Exception {
        String topic = clients.topic("order", 1);
        int count = 2_000;
        try (KafkaProducer<byte[], byte[]> producer = clients.producer(
                "enable.idempotence",
                "true",
                "max.in.flight.requests.per.connection",
                "5",
                "linger.ms",
                "0",
                "batch.size",
                "200")) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                acks.add(producer.send(new ProducerRecord<>(topic, 0, null, bytes(i))));
            }
            for (int i = 0; i < count; i++) {
                assertThat(get(acks.get(i)).offset()).isEqualTo(i);
            }
        }
        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, 1, count);
        for (int i = 0; i < count; i++) {
            assertThat(number(records.get(i))).isEqualTo(i);
        }
    }

    @Scenario
    public void keysSpreadOverPartitionsAndStayThere() throws Exception {
        String topic = clients.topic("keys", 4);
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            for (int i = 0; i < 200; i++) {
                producer.send(new ProducerRecord<>(topic, bytes("key-" + i % 20), bytes(i)));
            }
            producer.flush();
            assertThat(producer.partitionsFor(topic)).hasSize(4);
        }
        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, 4, 200);
        assertThat(records).extracting(ConsumerRecord::partition).contains(0, 1, 2, 3);
        assertThat(records.stream()
                        .map(r -> text(r.key()) + "@" + r.partition())
                        .distinct())
                .hasSize(20);
    }

    @Scenario
    public void tooLargeRecordIsRefused() throws Exception {
        String topic = clients.topic("large", 1);
        try (KafkaProducer<byte[], byte[]> producer = clients.producer("max.request.size", "4000000")) {
            assertThatThrownBy(() -> clients.sendOne(producer, new ProducerRecord<>(topic, new byte[2_000_000])))
                    .isInstanceOf(RecordTooLargeException.class);
            assertThat(clients.sendOne(producer, new ProducerRecord<>(topic, bytes("small")))
                            .offset())
                    .isZero();
        }
    }

    @Scenario
    public void topicMayAllowLargerRecords() throws Exception {
        String topic = clients.topic("larger", 1, "max.message.bytes", "5000000");
        try (KafkaProducer<byte[], byte[]> producer = clients.producer("max.request.size", "5000000")) {
            clients.sendOne(producer, new ProducerRecord<>(topic, new byte[4_000_000]));
        }
        // More than the consumer's limits: the first batch comes whole all the same.
        assertThat(clients.readAll(topic, 1, 1).get(0).value()).hasSize(4_000_000);
    }

    @Scenario
    public void logAppendTimeReplacesTheClientsTimestamp() throws Exception {
        String topic = clients.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        long before = System.currentTimeMillis() - 1000;
        for (String codec : List.of("none", "lz4")) {
            try (KafkaProducer<byte[], byte[]> producer = clients.producer("compression.type", codec)) {
                RecordMetadata ack = clients.sendOne(producer, new ProducerRecord<>(topic, 0, 5L, null, bytes(1)));
                assertThat(ack.timestamp()).isGreaterThan(before);
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : clients.readAll(topic, 1, 2)) {
            assertThat(record.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
            assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis() + 1000);
        }
    }

    @Scenario
    public void timestampBeyondTheTopicsLimitIsRefused() throws Exception {
        String topic = clients.topic("old", 1, "message.timestamp.before.max.ms", "60000");
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            long hourAgo = System.currentTimeMillis() - 3_600_000;
            assertThatThrownBy(() ->
                            clients.sendOne(producer, new ProducerRecord<>(topic, 0, hourAgo, null, bytes("late"))))
                    .isInstanceOf(InvalidTimestampException.class);
            clients.sendOne(producer, new ProducerRecord<>(topic, bytes("now")));
        }
        assertThat(text(clients.readAll(topic, 1, 1).get(0).value())).isEqualTo("now");
    }

    @Scenario
    public void brokerCompressesWhereTheTopicSaysSo() throws Exception {
        for (String codec : List.of("gzip", "snappy", "lz4", "zstd", "uncompressed")) {
            String topic = clients.topic("to-" + codec, 1, "compression.type", codec);
            for (String sent : List.of("none", "lz4")) {
                try (KafkaProducer<byte[], byte[]> producer =
                        clients.producer("compression.type", sent, "linger.ms", "20")) {
                    for (int i = 0; i < 20; i++) {
                        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes("k" + i), bytes(i));
                        record.headers().add("h", bytes(i));
                        producer.send(record);
                    }
                }
            }
            List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, 1, 40);
            for (int i = 0; i < 40; i++) {
                assertThat(records.get(i).offset()).isEqualTo(i);
                assertThat(number(records.get(i))).isEqualTo(i % 20);
                assertThat(records.get(i).headers().lastHeader("h").value()).isEqualTo(bytes(i % 20));
            }
        }
    }

    @Scenario
    public void compactedTopicWantsKeys() throws Exception {
        String topic = clients.topic("compacted", 1, "cleanup.policy", "compact");
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            assertThatThrownBy(() -> clients.sendOne(producer, new ProducerRecord<>(topic, bytes("no key"))))
                    .hasMessageContaining("key");
            clients.sendOne(producer, new ProducerRecord<>(topic, bytes("k"), bytes("v")));
        }
    }

    @Scenario
    public void producingToANewTopicCreatesIt() throws Exception {
        String topic = surroundings.name("auto");
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            clients.sendOne(producer, new ProducerRecord<>(topic, bytes("first")));
        }
        assertThat(clients.readAll(topic, 1, 1)).hasSize(1);
    }

    @Scenario
    public void invalidTopicNameIsRefused() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            assertThatThrownBy(() -> clients.sendOne(producer, new ProducerRecord<>("not/a topic", bytes("x"))))
                    .isInstanceOf(InvalidTopicException.class);
        }
    }

    @Scenario
    public void partitionThatIsNotThereIsRefused() throws Exception {
        String topic = clients.topic("few", 2);
        try (KafkaProducer<byte[], byte[]> producer = clients.producer("max.block.ms", "1500")) {
            assertThatThrownBy(() -> clients.sendOne(producer, new ProducerRecord<>(topic, 9, null, bytes("x"))))
                    .isInstanceOf(org.apache.kafka.common.errors.TimeoutException.class)
                    .hasMessageContaining(topic);
        }
    }
}
