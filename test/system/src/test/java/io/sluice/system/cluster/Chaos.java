package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Machines;
import io.sluice.system.history.History;
import io.sluice.system.history.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Three brokers under load with acks=all, replication factor 3 and min.insync.replicas 2, one fault after another, and
 * what must hold at the end. Writers with idempotence, without, and some that try only once; a reader that follows; a
 * group that commits; and someone who moves replicas about. One run, owned by the test's thread.
 */
final class Chaos {
    private static final int PARTITIONS = 3;
    private static final int OFFSETS_PARTITIONS = 3;
    private static final String GROUP = "survivor";
    private static final String TOPIC = "exactly-once";
    private static final String PLAIN = "at-least-once";
    private static final List<String> TOPICS = List.of(TOPIC, PLAIN, Victims.OFFSETS);
    private static final Duration SESSION = Duration.ofSeconds(3);
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(90);
    private static final Duration WRITES_WITHIN = Duration.ofSeconds(60);
    private static final long ACKED_PER_FAULT_MIN = 100;

    private final long seed;
    private final Random random;
    private final Machines machines;
    private final List<TopicPartition> exactly = partitions(TOPIC);
    private final List<TopicPartition> atLeast = partitions(PLAIN);
    private final History history = new History().exactlyOnce(exactly).atLeastOnce(atLeast);
    private final Map<String, Tally> tallies = new TreeMap<>();

    /** One kind of fault: how often, how often it was felt, and the longest that a partition went without an ack. */
    private record Tally(int struck, int bit, long pauseMs) {
        Tally plus(Fault.Blow blow, long ms) {
            return new Tally(struck + 1, bit + (blow.bit() ? 1 : 0), Math.max(pauseMs, ms));
        }
    }

    Chaos(long seed, Machines machines) {
        this.seed = seed;
        this.random = new Random(seed);
        this.machines = machines;
    }

    /** Runs {@code faults} of the kinds that {@code kinds} gives, each once before any comes again. */
    void survive(int faults, Function<Victims, List<Fault>> kinds) throws Exception {
        System.out.println("seed " + seed + ", faults " + faults);
        try (BrokerCluster cluster = BrokerCluster.start("chaos", 3, settings(), machines);
                Admin admin = cluster.admin()) {
            create(admin);
            Load load = load(cluster);
            cluster.await("the first commit", WRITES_WITHIN, () -> load.committed() >= 0);
            Moves moves = Moves.start(cluster, atLeast, seed);
            Victims victims = new Victims(cluster, TOPICS, OFFSETS_PARTITIONS, SESSION.multipliedBy(2), random);
            List<Fault> all = kinds.apply(victims);
            for (int i = 0; i < faults; i++) {
                cluster.awaitInSync(admin, TOPICS, WHOLE_WITHIN);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
                Fault fault = i < all.size() ? all.get(i) : all.get(random.nextInt(all.size()));
                strike(i + 1, fault, cluster, admin, load);
            }
            cluster.awaitAll();
            cluster.awaitInSync(admin, TOPICS, WHOLE_WITHIN);
            moves.stop(admin);
            load.stop();
            cluster.awaitInSync(admin, TOPICS, WHOLE_WITHIN);
            assertThat(load.problems()).isEmpty();
            readAll(cluster);
            checkCommit(cluster, load);
            cluster.stopAll();
            long batches = ReplicaLogs.assertEqual(cluster, TOPIC, PARTITIONS)
                    + ReplicaLogs.assertEqual(cluster, PLAIN, PARTITIONS);
            report(faults, moves.accepted(), batches);
        }
    }

    private void strike(int number, Fault fault, BrokerCluster cluster, Admin admin, Load load) throws Exception {
        history.watchPauses();
        Fault.Blow blow = fault.deed().strike(admin);
        history.awaitAcks();
        cluster.await("writing goes on everywhere after " + blow.what(), WRITES_WITHIN, history::recovered);
        long pauseMs = history.longestPause().toMillis();
        tallies.merge(fault.name(), new Tally(0, 0, 0).plus(blow, pauseMs), (old, one) -> old.plus(blow, pauseMs));
        System.out.printf(
                "fault %d acked %d commits %d paused %d ms: %s%s%n",
                number, history.count(), load.committed(), pauseMs, blow.what(), blow.bit() ? "" : " (not felt)");
        assertThat(load.problems()).as("after %s", blow.what()).isEmpty();
    }

    private Load load(BrokerCluster cluster) {
        Load load = new Load(cluster.bootstrap(), history);
        load.idempotentWriter(1, exactly);
        load.idempotentWriter(2, exactly);
        load.plainWriter(3, atLeast);
        load.impatientWriter(4, atLeast);
        load.committer(GROUP, exactly.get(0));
        History.Reader follower = history.new Reader("the follower");
        load.follower(history.partitions(), follower::found);
        return load;
    }

    private void report(int faults, int moves, long batches) {
        tallies.forEach((name, tally) -> {
            System.out.printf(
                    "%-32s struck %d felt %d longest pause %d ms%n",
                    name, tally.struck(), tally.bit(), tally.pauseMs());
            if (tally.bit() == 0) {
                history.doubt(name + " was never felt");
            }
        });
        Verdict verdict = history.verdict(faults * ACKED_PER_FAULT_MIN);
        System.out.println("seed " + seed + " moves " + moves + " batches compared " + batches + ": " + verdict);
        assertThat(verdict).as("seed %d", seed).isInstanceOf(Verdict.Pass.class);
    }

    private static Map<String, String> settings() {
        return Map.of(
                "min.insync.replicas", "2",
                "offsets.topic.num.partitions", Integer.toString(OFFSETS_PARTITIONS),
                "replica.lag.time.max.ms", "3000",
                "log.segment.bytes", "4194304",
                "sluice.disk.free.min.bytes", "16777216",
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

    private void readAll(BrokerCluster cluster) {
        History.Reader reader = history.new Reader("the last reader");
        Map<TopicPartition, Long> promised = new HashMap<>();
        history.partitions().forEach(partition -> promised.put(partition, history.lastAcked(partition)));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(cluster)) {
            consumer.assign(promised.keySet());
            consumer.seekToBeginning(promised.keySet());
            cluster.await("everything acked can be read", Duration.ofMinutes(5), () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(reader::found);
                return promised.entrySet().stream().allMatch(each -> reader.next(each.getKey()) > each.getValue());
            });
        }
    }

    private void checkCommit(BrokerCluster cluster, Load load) {
        TopicPartition partition = exactly.get(0);
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
