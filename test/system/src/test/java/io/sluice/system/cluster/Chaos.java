package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Load;
import io.sluice.system.crash.Tempo;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Machines;
import io.sluice.system.history.History;
import io.sluice.system.history.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
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
    /** As short as the machine bears: a blow that works by silence must outlast it. */
    private static final Duration SESSION = Duration.ofMillis(1_500);

    private static final Duration SPELL = Duration.ofMillis(2_300);
    private static final Duration STANDSTILL = Duration.ofSeconds(1);
    private static final Duration CLIENTS_WAIT = Duration.ofSeconds(2);
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(180);
    private static final Duration WRITES_WITHIN = Duration.ofSeconds(60);
    private static final long ACKED_PER_FAULT_MIN = 100;
    private static final int QUIET_MS_MAX = 500;
    private static final int TRIES_MAX = 3;
    private static final int WRITERS = 4;

    private final long seed;
    private final Random random;
    private final Machines machines;
    private final Tempo tempo;
    private final List<TopicPartition> exactly = partitions(TOPIC);
    private final List<TopicPartition> atLeast = partitions(PLAIN);
    private final History history = new History().exactlyOnce(exactly).atLeastOnce(atLeast);
    private final Map<String, Tally> tallies = new TreeMap<>();
    private final long startNanos = System.nanoTime();
    private int struck;
    private int felt;

    /** One kind of fault: how often, how often it was felt, and the longest that a partition went without an ack. */
    private record Tally(int struck, int bit, long pauseMs) {
        static final Tally NONE = new Tally(0, 0, 0);

        Tally plus(Fault.Blow blow, long ms) {
            return new Tally(struck + 1, bit + (blow.bit() ? 1 : 0), Math.max(pauseMs, ms));
        }
    }

    /**
     * @param rate how many records all writers together send in a second, 0 for as many as they can
     */
    Chaos(long seed, Machines machines, int rate) {
        this.seed = seed;
        this.random = new Random(seed);
        this.machines = machines;
        this.tempo = new Tempo(
                rate == 0
                        ? Duration.ZERO
                        : Duration.ofSeconds(WRITERS * PARTITIONS).dividedBy(rate),
                CLIENTS_WAIT);
    }

    /**
     * Strikes with the kinds that {@code kinds} gives, each once before any comes again.
     *
     * @param faults until so many were felt, 0 for as many as there are kinds
     * @param acked and until so many records were acked
     */
    void survive(int faults, long acked, Function<Victims, List<Fault>> kinds) throws Exception {
        try (BrokerCluster cluster = BrokerCluster.start("chaos", 3, settings(), machines);
                Admin admin = cluster.admin()) {
            create(admin);
            Load load = load(cluster);
            cluster.await("the first commit", WRITES_WITHIN, () -> load.committed() >= 0);
            Moves moves = Moves.start(cluster, atLeast, seed);
            Victims victims = new Victims(
                    cluster,
                    TOPICS,
                    OFFSETS_PARTITIONS,
                    SPELL,
                    () -> history.silence().compareTo(STANDSTILL) > 0,
                    random);
            try {
                mistreat(cluster, admin, load, kinds.apply(victims), faults, acked);
            } catch (AssertionError e) {
                cluster.ids().forEach(id -> System.out.println(cluster.node(id).threads()));
                throw e;
            }
            cluster.awaitAll();
            cluster.awaitInSync(admin, TOPICS, WHOLE_WITHIN);
            moves.stop(admin);
            load.stop();
            cluster.awaitInSync(admin, TOPICS, WHOLE_WITHIN);
            assertThat(load.problems()).isEmpty();
            AckedRecords.readAll(cluster.bootstrap(), history);
            checkCommit(cluster, load);
            cluster.stopAll();
            report(moves.accepted(), ReplicaLogs.assertEqual(cluster, history));
        }
    }

    private void mistreat(BrokerCluster cluster, Admin admin, Load load, List<Fault> kinds, int faults, long acked)
            throws Exception {
        int wanted = faults == 0 ? kinds.size() : faults;
        System.out.println("seed " + seed + ", faults " + wanted + ", kinds " + kinds.size());
        Deque<Fault> next = new ArrayDeque<>();
        while (felt < wanted || history.count() < acked) {
            if (next.isEmpty()) {
                List<Fault> all = new ArrayList<>(kinds);
                Collections.shuffle(all, random);
                next.addAll(all);
            }
            cluster.awaitInSync(admin, TOPICS, WHOLE_WITHIN);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(QUIET_MS_MAX));
            Fault fault = next.remove();
            Tally tally = strike(wanted, fault, cluster, admin, load);
            if (tally.bit() == 0 && tally.struck() < TRIES_MAX) {
                next.add(fault);
            }
        }
    }

    private Tally strike(int wanted, Fault fault, BrokerCluster cluster, Admin admin, Load load) throws Exception {
        history.watchPauses();
        Fault.Blow blow = fault.deed().strike(admin);
        history.awaitAcks();
        cluster.await("writing goes on everywhere after " + blow.what(), WRITES_WITHIN, history::recovered);
        long pauseMs = history.longestPause().toMillis();
        struck++;
        felt += blow.bit() ? 1 : 0;
        long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
        System.out.printf(
                "fault %d of %d acked %d commits %d elapsed %d:%02d paused %d ms: %s%s%n",
                felt,
                wanted,
                history.count(),
                load.committed(),
                seconds / 60,
                seconds % 60,
                pauseMs,
                blow.what(),
                blow.bit() ? "" : " (not felt)");
        assertThat(load.problems()).as("after %s", blow.what()).isEmpty();
        Tally tally = tallies.getOrDefault(fault.name(), Tally.NONE).plus(blow, pauseMs);
        tallies.put(fault.name(), tally);
        return tally;
    }

    private Load load(BrokerCluster cluster) {
        Load load = new Load(cluster.bootstrap(), history, tempo);
        load.idempotentWriter(1, exactly);
        load.idempotentWriter(2, exactly);
        load.plainWriter(3, atLeast);
        load.impatientWriter(4, atLeast);
        load.committer(GROUP, exactly.get(0));
        History.Reader follower = history.new Reader("the follower");
        load.follower(history.partitions(), follower::found);
        return load;
    }

    private void report(int moves, long batches) {
        tallies.forEach((name, tally) -> {
            System.out.printf(
                    "%-32s struck %d felt %d longest pause %d ms%n",
                    name, tally.struck(), tally.bit(), tally.pauseMs());
            if (tally.bit() == 0) {
                history.doubt(name + " was never felt");
            }
        });
        Verdict verdict = history.verdict(felt * ACKED_PER_FAULT_MIN);
        System.out.println("seed " + seed + " struck " + struck + " felt " + felt + " moves " + moves
                + " batches compared " + batches + ": " + verdict);
        assertThat(verdict).as("seed %d", seed).isInstanceOf(Verdict.Pass.class);
    }

    private static Map<String, String> settings() {
        return Map.of(
                "min.insync.replicas", "2",
                "offsets.topic.num.partitions", Integer.toString(OFFSETS_PARTITIONS),
                "replica.lag.time.max.ms", "1500",
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
