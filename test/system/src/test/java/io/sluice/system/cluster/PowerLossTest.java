package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.Machines;
import io.sluice.system.harness.PowerDisk;
import io.sluice.system.history.History;
import io.sluice.system.history.Verdict;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is promised when machines lose their power while their page caches hold what was acked (R14): with fewer than
 * min.insync.replicas of them nothing is lost; with as many or more nothing of topics that fsync before they acknowledge.
 */
@Tag("slow")
class PowerLossTest {
    private static final int BROKERS = 3;
    private static final int DISK_MEGABYTES = 512;
    private static final Duration WITHIN = Duration.ofSeconds(90);
    private static final long ACKED_MIN = 500;

    private static Machines machines;
    private static BrokerCluster cluster;

    @BeforeAll
    static void start() {
        machines = Machines.withDisks(BROKERS, DISK_MEGABYTES);
        assumeTrue(!machines.disks().isEmpty(), "not run: disks that lose power take root and Linux's loop devices");
        cluster = BrokerCluster.start(
                "power",
                BROKERS,
                Map.of(
                        "replica.lag.time.max.ms", "3000",
                        "sluice.disk.free.min.bytes", "16777216",
                        "zookeeper.session.timeout.ms", "3000"),
                machines);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
        machines.close();
    }

    @Test
    void r14OneOfTwoThatMustBeInSync() throws Exception {
        losesNothing("one", 2, Map.of(), 1);
    }

    @Test
    void r14TwoOfThreeThatMustBeInSync() throws Exception {
        losesNothing("two", 3, Map.of(), 2);
    }

    @Test
    void allOfThemWithFlushBeforeAck() throws Exception {
        losesNothing("all", 2, Map.of("flush.messages", "1"), BROKERS);
    }

    /** The leader, and as many others as it takes, at the same moment, in the middle of writing. */
    private static void losesNothing(String topic, int inSyncMin, Map<String, String> configs, int lossy)
            throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        History history = new History().atLeastOnce(List.of(partition));
        try (Admin admin = cluster.admin()) {
            Map<String, String> all = new HashMap<>(configs);
            all.put("min.insync.replicas", Integer.toString(inSyncMin));
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) BROKERS).configs(all)))
                    .all()
                    .get(60, java.util.concurrent.TimeUnit.SECONDS);
            cluster.awaitInSync(admin, List.of(topic), WITHIN);
            Load load = new Load(cluster.bootstrap(), history);
            load.plainWriter(1, List.of(partition));
            cluster.await("acks", WITHIN, () -> history.count() > ACKED_MIN);

            int leader = cluster.leader(admin, topic, 0).orElseThrow();
            losePower(cluster.ids().stream()
                    .sorted(java.util.Comparator.comparing(id -> id != leader))
                    .limit(lossy)
                    .toList());
            history.awaitAcks();
            cluster.await("writing goes on", WITHIN, history::recovered);
            cluster.awaitAll();
            cluster.awaitInSync(admin, List.of(topic), WITHIN);
            load.stop();

            assertThat(load.problems()).isEmpty();
            AckedRecords.readAll(cluster.bootstrap(), history);
            assertThat(history.verdict(ACKED_MIN)).isInstanceOf(Verdict.Pass.class);
        }
    }

    private static void losePower(List<Integer> ids) {
        ids.forEach(id -> cluster.node(id).pause());
        ids.forEach(id -> machines.disks().get(id).cutPower());
        for (int id : ids) {
            BrokerProcess broker = cluster.node(id);
            PowerDisk disk = machines.disks().get(id);
            broker.kill();
            disk.restorePower();
            broker.relaunch();
        }
    }
}
