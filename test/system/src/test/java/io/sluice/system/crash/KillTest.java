package io.sluice.system.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
 * kill -9 under load at random moments, again and again on the same data, with derived files spoiled now and then. After
 * every start: each acked record is where it was acked, nothing torn is visible, idempotent writers have no gap and no
 * repetition, and the group's offset is not behind its last acked commit.
 *
 * <p>{@code -Dsluice.crash.rounds} says how often; the slow run is the one that a release needs.
 * {@code -Dsluice.crash.seed} repeats a run's choices (though not the machine's timing).
 */
class KillTest {
    private static final int PARTITIONS = 3;
    private static final String GROUP = "survivor";

    private final long seed = Long.getLong("sluice.crash.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void s1AckedRecordsAndCommitsSurviveEveryKill() throws Exception {
        survive(Integer.getInteger("sluice.crash.rounds", 15));
    }

    @Test
    @Tag("slow")
    void s1AckedRecordsAndCommitsSurviveTwoHundredKills() throws Exception {
        survive(Math.max(200, Integer.getInteger("sluice.crash.rounds", 200)));
    }

    private void survive(int rounds) throws Exception {
        System.out.println("seed " + seed + ", rounds " + rounds);
        List<TopicPartition> exactly = partitions("exactly-once");
        List<TopicPartition> atLeast = partitions("at-least-once");
        List<TopicPartition> flushed = List.of(new TopicPartition("flushed", 0));
        TopicPartition committing = new TopicPartition("flushed", 0);
        List<TopicPartition> all = new ArrayList<>(exactly);
        all.addAll(atLeast);
        all.addAll(flushed);

        // Small segments and checkpoints make every kind of file come into being within a round.
        try (BrokerProcess broker = BrokerProcess.start(BrokerSpec.fresh("kill")
                .heap("256m")
                .set("log.segment.bytes", "1048576")
                .set("log.flush.interval.ms", "300")
                .set("log.flush.offset.checkpoint.interval.ms", "500")
                .set("log.index.interval.bytes", "512"))) {
            create(broker);
            Ledger ledger = new Ledger(all);
            Load load = new Load(broker.bootstrap(), ledger);
            load.idempotentWriter(1, exactly);
            load.idempotentWriter(2, exactly);
            load.plainWriter(3, atLeast);
            load.idempotentWriter(4, flushed);
            load.committer(GROUP, committing);
            Map<TopicPartition, Ledger.Reader> readers = readers(ledger, all);

            for (int round = 1; round <= rounds; round++) {
                TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1000));
                broker.kill();
                long committed = load.committed();
                Map<TopicPartition, Long> promised = new HashMap<>();
                all.forEach(partition -> promised.put(partition, ledger.lastAcked(partition)));
                // Kafka does not start on a scrambled checkpoint.
                boolean spoil = round % 3 == 0 && Target.current() == Target.SLUICE;
                List<String> deeds = spoil ? new Vandal(broker.data(), random).rage() : List.of();
                long start = System.nanoTime();
                broker.restart();
                long readyMs = (System.nanoTime() - start) / 1_000_000;
                try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
                    read(consumer, readers, promised);
                    OffsetAndMetadata found =
                            consumer.committed(Set.of(committing)).get(committing);
                    assertThat(found == null ? -1 : found.offset())
                            .as("the group's offset after round %d", round)
                            .isBetween(committed, load.attempted());
                }
                assertThat(load.problems())
                        .as("round %d, after %s", round, deeds)
                        .isEmpty();
                System.out.printf("round %d acked %d ready %d ms %s%n", round, ledger.count(), readyMs, deeds);
            }
            load.stop();
            assertThat(load.problems()).isEmpty();
            assertThat(ledger.count()).as("acked records per round").isGreaterThan(rounds * 100L);
            everythingIsThere(broker, ledger, all);
        }
    }

    private static List<TopicPartition> partitions(String topic) {
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            all.add(new TopicPartition(topic, i));
        }
        return all;
    }

    private static void create(BrokerProcess broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(
                            new NewTopic("exactly-once", PARTITIONS, (short) 1),
                            new NewTopic("at-least-once", PARTITIONS, (short) 1),
                            new NewTopic("flushed", 1, (short) 1).configs(Map.of("flush.messages", "1"))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Map<TopicPartition, Ledger.Reader> readers(Ledger ledger, List<TopicPartition> all) {
        Map<TopicPartition, Ledger.Reader> readers = new HashMap<>();
        for (TopicPartition partition : all) {
            readers.put(
                    partition, ledger.new Reader(partition, !partition.topic().equals("at-least-once")));
        }
        return readers;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(BrokerProcess broker) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "group.id",
                GROUP,
                "enable.auto.commit",
                "false",
                "auto.offset.reset",
                "none",
                "fetch.max.wait.ms",
                50,
                "reconnect.backoff.ms",
                20);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Reads on from where each reader is until it has seen all that was promised. */
    private static void read(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Ledger.Reader> readers,
            Map<TopicPartition, Long> promised) {
        consumer.assign(readers.keySet());
        readers.forEach((partition, reader) -> consumer.seek(partition, reader.next()));
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (promised.entrySet().stream()
                .anyMatch(e -> readers.get(e.getKey()).next() <= e.getValue())) {
            assertThat(System.nanoTime())
                    .as("acked records can be read again: wanted %s, log ends %s", promised, ends(consumer, promised))
                    .isLessThan(deadline);
            consumer.poll(Duration.ofMillis(100))
                    .forEach(record -> readers.get(new TopicPartition(record.topic(), record.partition()))
                            .check(record));
        }
    }

    private static Object ends(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> promised) {
        return new Object() {
            @Override
            public String toString() {
                return consumer.endOffsets(promised.keySet()).toString();
            }
        };
    }

    private static void everythingIsThere(BrokerProcess broker, Ledger ledger, List<TopicPartition> all) {
        Map<TopicPartition, Long> promised = new HashMap<>();
        all.forEach(partition -> promised.put(partition, ledger.lastAcked(partition)));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
            read(consumer, readers(ledger, all), promised);
        }
    }
}
