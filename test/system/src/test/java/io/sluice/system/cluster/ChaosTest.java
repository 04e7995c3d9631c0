package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.cluster.Nemesis.Fault;
import io.sluice.system.crash.Ledger;
import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three brokers under load with acks=all, replication factor 3 and min.insync.replicas 2, and one fault after another. At
 * the end: each acked record is where it was acked, idempotent writers have no gap and no repetition, the group's offset
 * is not behind its last acked commit, and the replicas' files are the same. On loopback, so faults are those of
 * processes and disks, not of networks.
 *
 * <p>{@code -Dsluice.chaos.faults} and {@code -Dsluice.chaos.seed} say how many and which.
 */
class ChaosTest {
    private static final int PARTITIONS = 3;
    private static final int OFFSETS_PARTITIONS = 3;
    private static final String GROUP = "survivor";
    private static final String TOPIC = "exactly-once";
    private static final String PLAIN = "at-least-once";
    private static final Duration SESSION = Duration.ofSeconds(3);
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(90);

    private final long seed = Long.getLong("sluice.chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void nothingAckedIsLostWhateverHappensToOneBrokerAtATime() throws Exception {
        survive(Integer.getInteger("sluice.chaos.faults", 8));
    }

    @Test
    @Tag("slow")
    void nothingAckedIsLostInFiveHundredFaults() throws Exception {
        survive(Math.max(500, Integer.getInteger("sluice.chaos.faults", 500)));
    }

    private void survive(int faults) throws Exception {
        System.out.println("seed " + seed + ", faults " + faults);
        List<TopicPartition> exactly = partitions(TOPIC);
        List<TopicPartition> atLeast = partitions(PLAIN);
        List<TopicPartition> all = new ArrayList<>(exactly);
        all.addAll(atLeast);
        try (BrokerCluster cluster = BrokerCluster.start("chaos", 3, settings());
                Admin admin = cluster.admin()) {
            create(admin);
            Ledger ledger = new Ledger(all);
            Load load = new Load(cluster.bootstrap(), ledger);
            load.idempotentWriter(1, exactly);
            load.idempotentWriter(2, exactly);
            load.plainWriter(3, atLeast);
            load.committer(GROUP, exactly.get(0));
            cluster.await("the first commit", Duration.ofSeconds(60), () -> load.committed() >= 0);
            Nemesis nemesis = new Nemesis(cluster, TOPIC, OFFSETS_PARTITIONS, SESSION.multipliedBy(2), random);
            Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
            for (int i = 1; i <= faults; i++) {
                cluster.awaitInSync(admin, List.of(TOPIC, PLAIN, "__consumer_offsets"), WHOLE_WITHIN);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
                Fault fault = next(i);
                long before = ledger.count();
                String deed = nemesis.strike(fault, admin);
                counts.merge(fault, 1, Integer::sum);
                cluster.await("writing goes on after " + deed, Duration.ofSeconds(60), () -> ledger.count() > before);
                System.out.printf("fault %d acked %d commits %d: %s%n", i, ledger.count(), load.committed(), deed);
                assertThat(load.problems()).as("after %s", deed).isEmpty();
            }
            cluster.awaitAll();
            cluster.awaitInSync(admin, List.of(TOPIC, PLAIN, "__consumer_offsets"), WHOLE_WITHIN);
            load.stop();
            assertThat(load.problems()).isEmpty();
            readAll(cluster, ledger, exactly, atLeast);
            checkCommit(cluster, load, exactly.get(0));
            cluster.stopAll();
            long batches = ReplicaLogs.assertEqual(cluster, TOPIC, PARTITIONS)
                    + ReplicaLogs.assertEqual(cluster, PLAIN, PARTITIONS);
            System.out.println("faults " + counts + " acked " + ledger.count() + " batches compared " + batches);
        }
    }

    /** Each kind once before any comes again by chance. */
    private Fault next(int number) {
        Fault[] kinds = Fault.values();
        return number <= kinds.length ? kinds[number - 1] : kinds[random.nextInt(kinds.length)];
    }

    private static Map<String, String> settings() {
        return Map.of(
                "min.insync.replicas", "2",
                "offsets.topic.num.partitions", Integer.toString(OFFSETS_PARTITIONS),
                "replica.lag.time.max.ms", "3000",
                "log.segment.bytes", "4194304",
                "zookeeper.session.timeout.ms", Long.toString(SESSION.toMillis()));
    }

    private static void create(Admin admin) throws Exception {
        admin.createTopics(
                        List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3), new NewTopic(PLAIN, PARTITIONS, (short) 3)))
                .all()
                .get(60, TimeUnit.SECONDS);
    }

    private static List<TopicPartition> partitions(String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            all.add(new TopicPartition(topic, i));
        }
        return all;
    }

    private static void readAll(
            BrokerCluster cluster, Ledger ledger, List<TopicPartition> exactly, List<TopicPartition> atLeast) {
        Map<TopicPartition, Ledger.Reader> readers = new HashMap<>();
        exactly.forEach(partition -> readers.put(partition, ledger.new Reader(partition, true)));
        atLeast.forEach(partition -> readers.put(partition, ledger.new Reader(partition, false)));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            consumer.assign(readers.keySet());
            consumer.seekToBeginning(readers.keySet());
            long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
            Set<TopicPartition> behind = new TreeSet<>(
                    java.util.Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
            do {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> readers.get(new TopicPartition(record.topic(), record.partition()))
                                .check(record));
                behind.clear();
                readers.forEach((partition, reader) -> {
                    if (reader.next() <= ledger.lastAcked(partition)) {
                        behind.add(partition);
                    }
                });
                assertThat(System.nanoTime())
                        .as("acked records can be read, missing from %s", behind)
                        .isLessThan(deadline);
            } while (!behind.isEmpty());
        }
    }

    private static void checkCommit(BrokerCluster cluster, Load load, TopicPartition partition) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            OffsetAndMetadata found = consumer.committed(Set.of(partition)).get(partition);
            assertThat(found).as("the group's offset").isNotNull();
            assertThat(found.offset()).isBetween(load.committed(), load.attempted());
            assertThat(found.metadata()).isEqualTo("commit " + found.offset());
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(BrokerCluster cluster) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrap(),
                        "group.id",
                        GROUP,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "none",
                        "reconnect.backoff.ms",
                        20),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
