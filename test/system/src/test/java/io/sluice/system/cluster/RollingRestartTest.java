package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Ledger;
import io.sluice.system.crash.Load;
import io.sluice.system.crash.Pauses;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.RestartsInTurn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * R20: brokers are stopped cleanly and started again one after the other while producers write with acks=all. Nothing
 * acked is lost, nothing is stored twice, no producer waits for long, since leaders move before their broker goes, and no
 * program that leaves trying again to its client is told of an error.
 */
class RollingRestartTest {
    private static final int PARTITIONS = 6;
    private static final String TOPIC = "rolling";
    /** What is aimed at is a second; a machine that builds something else meanwhile may take longer. */
    private static final long LONGEST_PAUSE_MS = 5_000;

    @Test
    void r20RollingRestartLosesNothing() throws Exception {
        restartAll(1);
    }

    @Test
    @Tag("slow")
    void r20FiveRollingRestartsLoseNothing() throws Exception {
        restartAll(5);
    }

    /** The controller goes three times, and each time somebody has just asked it for something. */
    @Test
    void rollingRestartShowsNoErrorToProgramsThatAskAgainWhenTold() throws Exception {
        Map<String, String> settings = Map.of("min.insync.replicas", "2", "offsets.topic.num.partitions", "3");
        try (BrokerCluster cluster = BrokerCluster.start("rolling-admin", 3, settings)) {
            AdminLoad load = AdminLoad.begin(cluster.bootstrap(), 4);
            cluster.await("a running load", Duration.ofSeconds(60), () -> load.done() > 50);

            RestartsInTurn restarts = RestartsInTurn.begin(cluster);
            restarts.end(2 * cluster.ids().size());

            int before = load.done();
            cluster.await("changes afterwards", Duration.ofSeconds(60), () -> load.done() > before + 10);
            load.stop();
            System.out.println("restarts " + restarts.count() + " changes " + load.done() + " retried "
                    + load.retried().size() + " " + Set.copyOf(load.retried()));
            assertThat(restarts.problems()).isEmpty();
            assertThat(load.problems()).isEmpty();
        }
    }

    private static void restartAll(int rounds) throws Exception {
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(index -> new TopicPartition(TOPIC, index))
                .toList();
        Map<String, String> settings = Map.of("min.insync.replicas", "2", "offsets.topic.num.partitions", "3");
        try (BrokerCluster cluster = BrokerCluster.start("rolling", 3, settings);
                Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            Ledger ledger = new Ledger(partitions);
            Load load = new Load(cluster.bootstrap(), ledger);
            load.idempotentWriter(1, partitions);
            load.idempotentWriter(2, partitions);
            load.committer("rolling-group", partitions.get(0));
            cluster.await("the first commit", Duration.ofSeconds(60), () -> load.committed() >= 0);
            cluster.awaitWhole(admin, Duration.ofSeconds(60));
            PlainPrograms programs = PlainPrograms.start(cluster.bootstrap(), TOPIC);
            cluster.await(
                    "a running load",
                    Duration.ofSeconds(60),
                    () -> ledger.count() > 10_000 && programs.read() > 1_000 && programs.created() > 0);
            load.pauses().takeLongest();

            RestartsInTurn restarts = RestartsInTurn.begin(cluster);
            restarts.end(rounds * cluster.ids().size());

            Pauses.Pause longest = load.pauses().takeLongest();
            programs.stop();
            load.stop();
            System.out.println("restarts " + restarts.count() + " acked " + ledger.count() + " read by the group "
                    + programs.read() + " topics created " + programs.created() + " longest pause " + longest);
            assertThat(restarts.problems()).isEmpty();
            assertThat(load.problems()).isEmpty();
            assertThat(programs.problems()).isEmpty();
            AckedRecords.readAll(cluster.bootstrap(), ledger, partitions);
            assertThat(longest.millis()).as("longest pause, %s", longest).isLessThan(LONGEST_PAUSE_MS);
            cluster.stopAll();
            assertThat(ReplicaLogs.assertEqual(cluster, TOPIC, PARTITIONS)).isPositive();
        }
    }
}
