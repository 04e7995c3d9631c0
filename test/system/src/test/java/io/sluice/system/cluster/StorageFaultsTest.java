package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Command;
import io.sluice.system.harness.FailingFlushes;
import io.sluice.system.harness.Folders;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What the storage of one broker of three does to the others, and how it comes back: nobody has to do anything. */
class StorageFaultsTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int IN_THE_OFFSET = 0;
    private static final int IN_THE_RECORDS = 1_000;

    private static BrokerCluster cluster(String purpose, BrokerCluster.Placement placement) {
        return BrokerCluster.start(
                purpose,
                3,
                Map.of(
                        "min.insync.replicas", "2",
                        "offsets.topic.num.partitions", "1",
                        "auto.leader.rebalance.enable", "false",
                        "zookeeper.session.timeout.ms", "6000"),
                placement);
    }

    private static void create(Admin admin, String topic) throws Exception {
        Map<String, String> configs = Map.of("segment.bytes", "" + SEGMENT_BYTES, "flush.messages", "1");
        admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(1, 2, 3))).configs(configs)))
                .all()
                .get(60, TimeUnit.SECONDS);
    }

    private static KafkaProducer<byte[], byte[]> producer(BrokerCluster cluster) {
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", cluster.bootstrap(), "acks", "all"));
        settings.put("reconnect.backoff.ms", 20);
        settings.put("reconnect.backoff.max.ms", 100);
        settings.put("delivery.timeout.ms", 120_000);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void send(BrokerCluster cluster, String topic, int records, int bytes) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(cluster)) {
            Future<RecordMetadata> last = null;
            for (int i = 0; i < records; i++) {
                last = producer.send(new ProducerRecord<>(topic, 0, null, new byte[bytes]));
            }
            if (last != null) {
                last.get(60, TimeUnit.SECONDS);
            }
            producer.flush();
        }
    }

    /** The partition's folders on a broker, those that were set aside among them. */
    private static List<Path> folders(BrokerCluster cluster, int broker, String topic) {
        try (Stream<Path> all = Files.list(cluster.node(broker).data())) {
            return all.filter(each -> each.getFileName().toString().startsWith(topic + "-0."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasDamaged(BrokerCluster cluster, int broker, String topic) {
        return folders(cluster, broker, topic).stream()
                .anyMatch(each -> each.toString().endsWith(".damaged"));
    }

    /** Flips one bit of the first segment, which is full and on disk: of the first batch's offset, or of its records. */
    private static void flipABit(BrokerCluster cluster, int broker, String topic, int at) throws IOException {
        Path first = folders(cluster, broker, topic).get(0).resolve("00000000000000000000.log");
        try (RandomAccessFile file = new RandomAccessFile(first.toFile(), "rw")) {
            file.seek(at);
            int was = file.read();
            file.seek(at);
            file.write(was ^ 1);
        }
    }

    @Test
    void s2FollowerWhoseLogRottedWhileItWasStoppedComesBackByItself() throws Exception {
        try (BrokerCluster cluster = cluster("rot-follower", (id, spec) -> spec);
                Admin admin = cluster.admin()) {
            create(admin, "rots");
            send(cluster, "rots", 400, 1000);
            cluster.awaitInSync(admin, List.of("rots"), LIMIT);
            cluster.node(3).stopOrKill(Duration.ofSeconds(30));
            flipABit(cluster, 3, "rots", IN_THE_OFFSET);
            cluster.node(3).restart();

            cluster.await("the damage is found, and the log set aside", LIMIT, () -> hasDamaged(cluster, 3, "rots"));
            cluster.awaitAll();
            cluster.awaitInSync(admin, List.of("rots"), LIMIT);
            send(cluster, "rots", 10, 1000);

            cluster.stopAll();
            assertThat(ReplicaLogs.assertEqual(cluster, "rots", 1)).isPositive();
        }
    }

    @Test
    void s2LeaderWhoseLogRotsWhileItRunsHandsOverAndComesBackByItself() throws Exception {
        try (BrokerCluster cluster = cluster("rot-leader", (id, spec) -> spec);
                Admin admin = cluster.admin()) {
            create(admin, "rots");
            send(cluster, "rots", 400, 1000);
            cluster.awaitInSync(admin, List.of("rots"), LIMIT);
            assertThat(cluster.leader(admin, "rots", 0)).hasValue(1);

            flipABit(cluster, 1, "rots", IN_THE_RECORDS);
            cluster.await("another leads", LIMIT, () -> cluster.leader(admin, "rots", 0)
                    .filter(id -> id != 1)
                    .isPresent());
            send(cluster, "rots", 10, 1000);
            cluster.awaitInSync(admin, List.of("rots"), LIMIT);

            assertThat(hasDamaged(cluster, 1, "rots")).isTrue();
            cluster.stopAll();
            assertThat(ReplicaLogs.assertEqual(cluster, "rots", 1)).isPositive();
        }
    }

    @Test
    void r24LeaderWhoseDiskDoesNotFlushHandsOver() throws Exception {
        assumeTrue(Command.installed("strace"), "not run: strace is not installed, CI installs it");
        try (BrokerCluster cluster = cluster("eio-leader", (id, spec) -> spec);
                Admin admin = cluster.admin()) {
            create(admin, "fails");
            send(cluster, "fails", 10, 1000);
            cluster.awaitInSync(admin, List.of("fails"), LIMIT);
            Path segment = folders(cluster, 1, "fails").get(0).resolve("00000000000000000000.log");
            try (FailingFlushes failing = FailingFlushes.of(cluster.node(1), segment)) {
                send(cluster, "fails", 10, 1000);
            }

            cluster.await("another leads", LIMIT, () -> cluster.leader(admin, "fails", 0)
                    .filter(id -> id != 1)
                    .isPresent());
            cluster.node(1).kill();
            cluster.node(1).restart();
            cluster.awaitAll();
            cluster.awaitInSync(admin, List.of("fails"), LIMIT);
            cluster.stopAll();
            assertThat(ReplicaLogs.assertEqual(cluster, "fails", 1)).isPositive();
        }
    }

    @Test
    void s9LeaderWhoseDiskIsFullHandsOverAndComesBackWhenThereIsRoom() throws Exception {
        Path mount = Folders.scratch("small-disk");
        assumeTrue(mounted(mount), "not run: a small disk can only be mounted by root");
        try (BrokerCluster cluster = cluster(
                        "full-leader",
                        (id, spec) -> id == 1
                                ? spec.data(mount.resolve("data"))
                                        .set("sluice.disk.free.min.bytes", Integer.toString(16 << 20))
                                : spec);
                Admin admin = cluster.admin()) {
            create(admin, "fills");
            send(cluster, "fills", 10, 1000);
            cluster.awaitInSync(admin, List.of("fills"), LIMIT);
            Path ballast = mount.resolve("ballast");
            fill(ballast, 240 << 20);

            send(cluster, "fills", 100, 10_000);
            cluster.await("another leads", LIMIT, () -> cluster.leader(admin, "fills", 0)
                    .filter(id -> id != 1)
                    .isPresent());
            send(cluster, "fills", 10, 1_000);
            Files.delete(ballast);
            cluster.awaitInSync(admin, List.of("fills"), LIMIT);

            assertThat(cluster.leader(admin, "fills", 0)).isPresent().get().isNotEqualTo(1);
            cluster.stopAll();
            assertThat(ReplicaLogs.assertEqual(cluster, "fills", 1)).isPositive();
        } finally {
            Command.run("", List.of("umount", mount.toString())).ok();
            Folders.delete(mount);
        }
    }

    private static boolean mounted(Path mount) {
        return Command.run("", List.of("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", mount.toString()))
                        .status()
                == 0;
    }

    private static void fill(Path ballast, int bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            byte[] part = new byte[1 << 20];
            for (int at = 0; at < bytes; at += part.length) {
                file.write(part);
            }
        }
    }
}
