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
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * kill -9 under load at random moments, again and again on the same data: while it serves, while it shuts down, while it
 * starts; with derived files spoiled now and then. After every start: each acked record is where it was acked, nothing torn
 * is visible, idempotent writers have no gap and no repetition, the group's offset is not behind its last acked commit,
 * and deleted records stay deleted.
 *
 * <p>{@code -Dsluice.crash.rounds} says how often; the slow run is the one that a release needs.
 * {@code -Dsluice.crash.seed} repeats a run's choices (though not the machine's timing).
 */
class KillTest {
    private static final int PARTITIONS = 3;
    private static final String GROUP = "survivor";
    private static final TopicPartition COMMITTING = new TopicPartition("flushed", 0);
    /** Its records are deleted once they were read. */
    private static final TopicPartition TRIMMED = new TopicPartition("trimmed", 0);

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
        List<TopicPartition> whole = new ArrayList<>(exactly);
        whole.addAll(atLeast);
        whole.addAll(flushed);
        List<TopicPartition> all = new ArrayList<>(whole);
        all.add(TRIMMED);

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
            load.plainWriter(5, List.of(TRIMMED));
            load.committer(GROUP, COMMITTING);
            Map<TopicPartition, Ledger.Reader> readers = readers(ledger, all);

            long deletedBefore = 0;
            for (int round = 1; round <= rounds; round++) {
                TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1000));
                List<String> deeds = new ArrayList<>();
                end(broker, deeds);
                // Kafka does not start on a scrambled checkpoint.
                if (round % 3 == 0 && Target.current() == Target.SLUICE) {
                    deeds.addAll(new Vandal(broker.data(), random).rage());
                    deletedBefore = 0; // the start that was told is among what was spoiled
                }
                long committed = load.committed();
                Map<TopicPartition, Long> promised = promises(ledger, all);
                long start = System.nanoTime();
                broker.restart();
                long readyMs = (System.nanoTime() - start) / 1_000_000;
                assertNoProblems(load, round, deeds); // first: a record that a writer gave up would look like a gap
                try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
                    assertThat(consumer.beginningOffsets(all).get(TRIMMED))
                            .as("start of the log after round %d, %s", round, deeds)
                            .isGreaterThanOrEqualTo(deletedBefore);
                    read(consumer, readers, promised);
                    checkCommit(consumer, committed, load, round);
                }
                assertNoProblems(load, round, deeds);
                deletedBefore = deleteWhatWasRead(broker, readers.get(TRIMMED).next());
                System.out.printf("round %d acked %d ready %d ms %s%n", round, ledger.count(), readyMs, deeds);
            }
            load.stop();
            assertThat(load.problems()).isEmpty();
            assertThat(ledger.count()).as("acked records per round").isGreaterThan(rounds * 100L);
            assertThat(load.committed()).as("acked commits per round").isGreaterThan(rounds * 2L);
            everythingIsThere(broker, ledger, whole);
        }
    }

    private static void assertNoProblems(Load load, int round, List<String> deeds) {
        assertThat(load.problems()).as("round %d, after %s", round, deeds).isEmpty();
    }

    /** Ends the broker in one of the ways in which one ends; it is down afterwards. */
    private void end(BrokerProcess broker, List<String> deeds) {
        if (random.nextInt(3) == 0) {
            boolean byItself = broker.stopOrKill(Duration.ofMillis(random.nextInt(800)));
            deeds.add(byItself ? "stopped" : "killed while it stopped");
        } else {
            broker.kill();
        }
        if (random.nextInt(3) == 0) {
            Duration after = Duration.ofMillis(100 + random.nextInt(1_500));
            broker.restartAndKill(after);
            deeds.add("killed " + after.toMillis() + " ms after its start");
        }
    }

    private static Map<TopicPartition, Long> promises(Ledger ledger, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> promised = new HashMap<>();
        partitions.forEach(partition -> promised.put(partition, ledger.lastAcked(partition)));
        return promised;
    }

    private static void checkCommit(KafkaConsumer<byte[], byte[]> consumer, long committed, Load load, int round) {
        OffsetAndMetadata found = consumer.committed(Set.of(COMMITTING)).get(COMMITTING);
        assertThat(found == null ? -1 : found.offset())
                .as("the group's offset after round %d", round)
                .isBetween(committed, load.attempted());
        if (found != null) {
            assertThat(found.metadata()).isEqualTo("commit " + found.offset());
        }
    }

    /** Deletes the records before {@code offset}; returns the start that the broker then answers. */
    private static long deleteWhatWasRead(BrokerProcess broker, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            long start = admin.deleteRecords(Map.of(TRIMMED, RecordsToDelete.beforeOffset(offset)))
                    .lowWatermarks()
                    .get(TRIMMED)
                    .get(30, TimeUnit.SECONDS)
                    .lowWatermark();
            assertThat(start).isGreaterThanOrEqualTo(offset);
            return start;
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
                            new NewTopic("trimmed", 1, (short) 1),
                            new NewTopic("flushed", 1, (short) 1).configs(Map.of("flush.messages", "1"))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Map<TopicPartition, Ledger.Reader> readers(Ledger ledger, List<TopicPartition> all) {
        Map<TopicPartition, Ledger.Reader> readers = new HashMap<>();
        for (TopicPartition partition : all) {
            readers.put(
                    partition,
                    ledger
                    .new Reader(partition, Set.of("exactly-once", "flushed").contains(partition.topic())));
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
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(broker)) {
            read(consumer, readers(ledger, all), promises(ledger, all));
        }
    }
}
