package io.sluice.system.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.Command;
import io.sluice.system.harness.FailingFlushes;
import io.sluice.system.harness.Folders;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disks that fill up, and disks that fail to write what they took. */
class DiskTest {
    private static final String TOPIC = "kept";

    @BeforeEach
    void kafkaStopsInstead() {
        assumeTrue(Target.current() == Target.SLUICE, "not run: Kafka takes the folder down for good");
    }

    @Test
    void s9FullDiskRefusesProducersServesReadersAndRecovers() throws Exception {
        Path mount = Folders.scratch("small-disk");
        assumeTrue(mountTmpfs(mount), "not run: a small disk can only be mounted by root");
        try (BrokerProcess broker = BrokerProcess.start(BrokerSpec.fresh("full")
                .data(mount.resolve("data"))
                .set("sluice.disk.free.min.bytes", Integer.toString(12 << 20))
                .set("log.segment.bytes", Integer.toString(2 << 20))
                .set("log.segment.delete.delay.ms", "100"))) {
            create(broker, TOPIC, "bulk");
            TopicPartition kept = new TopicPartition(TOPIC, 0);
            try (KafkaProducer<byte[], byte[]> producer = producer(broker, 0);
                    KafkaConsumer<byte[], byte[]> consumer = consumer(broker);
                    Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                for (int i = 0; i < 100; i++) {
                    send(producer, TOPIC, 1000);
                }
                // Until there is no more room; what was acked before that stays.
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 3_000; i++) {
                                send(producer, "bulk", 100_000);
                            }
                        })
                        .isInstanceOf(KafkaStorageException.class);
                assertThatThrownBy(() -> send(producer, TOPIC, 1000)).isInstanceOf(KafkaStorageException.class);

                consumer.assign(List.of(kept));
                int read = 0;
                for (int polls = 0; polls < 100 && read < 100; polls++) {
                    read += consumer.poll(Duration.ofMillis(200)).count();
                }
                assertThat(read).isEqualTo(100);
                consumer.commitSync(Map.of(kept, new OffsetAndMetadata(100)));
                assertThat(broker.alive()).isTrue();

                admin.deleteTopics(List.of("bulk")).all().get(20, TimeUnit.SECONDS);
                Awaitility.await("producing goes on once there is room")
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> send(producer, TOPIC, 1000) >= 100);
                assertThat(consumer.committed(Set.of(kept)).get(kept).offset()).isEqualTo(100);
            }
        } finally {
            Command.run("", List.of("umount", mount.toString())).ok();
            Folders.delete(mount);
        }
    }

    @Test
    void s8FailedFlushFencesTheFolder() throws Exception {
        assumeTrue(Command.installed("strace"), "not run: strace is not installed, CI installs it");
        try (BrokerProcess broker = BrokerProcess.start(BrokerSpec.fresh("eio"))) {
            create(broker, TOPIC, "other");
            long acked = -1;
            try (KafkaProducer<byte[], byte[]> producer = producer(broker, 0)) {
                for (int i = 0; i < 50; i++) {
                    acked = send(producer, TOPIC, 500);
                }
                try (FailingFlushes failing = FailingFlushes.of(broker, segmentOf(broker, TOPIC))) {
                    assertThatThrownBy(() -> send(producer, TOPIC, 500)).isInstanceOf(KafkaStorageException.class);
                }
                // The disk would take it now, but what it holds is unknown: nothing is retried as if nothing happened.
                assertThatThrownBy(() -> send(producer, TOPIC, 500)).isInstanceOf(KafkaStorageException.class);
                assertThatThrownBy(() -> send(producer, "other", 500)).isInstanceOf(KafkaStorageException.class);
            }
            broker.kill();
            broker.restart();
            try (KafkaProducer<byte[], byte[]> producer = producer(broker, 0);
                    KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
                TopicPartition kept = new TopicPartition(TOPIC, 0);
                assertThat(consumer.endOffsets(List.of(kept)).get(kept)).isGreaterThan(acked);
                consumer.assign(List.of(kept));
                int read = 0;
                for (int polls = 0; polls < 100 && read <= acked; polls++) {
                    read += consumer.poll(Duration.ofMillis(200)).count();
                }
                assertThat(read).isGreaterThan((int) acked);
                assertThat(send(producer, TOPIC, 500)).isGreaterThan(acked);
            }
        }
    }

    private static boolean mountTmpfs(Path mount) {
        return Command.run("", List.of("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", mount.toString()))
                        .status()
                == 0;
    }

    private static void create(BrokerProcess broker, String... topics) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(Stream.of(topics)
                            .map(name -> new NewTopic(name, 1, (short) 1).configs(Map.of("flush.messages", "1")))
                            .toList())
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Path segmentOf(BrokerProcess broker, String topic) throws IOException {
        try (Stream<Path> files = Files.walk(broker.data())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.getParent().getFileName().toString().startsWith(topic))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(BrokerProcess broker, int retries) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "acks",
                "all",
                "linger.ms",
                0,
                "enable.idempotence",
                "false",
                "retries",
                retries,
                "max.block.ms",
                10_000));
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(BrokerProcess broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.bootstrap(),
                "group.id", "reader",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static long send(KafkaProducer<byte[], byte[]> producer, String topic, int bytes) throws Exception {
        try {
            return producer.send(new ProducerRecord<>(topic, 0, null, new byte[bytes]))
                    .get(20, TimeUnit.SECONDS)
                    .offset();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
