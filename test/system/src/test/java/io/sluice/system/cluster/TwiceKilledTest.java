package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Ledger;
import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.ZooKeeperProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * R14: a broker that is killed, comes back and is killed again before any controller has taken note that it was back. Its
 * third process proves by the chain of registrations in its data folders that it has what the first one had.
 */
class TwiceKilledTest {
    private static final TopicPartition ALONE = new TopicPartition("alone", 0);
    private static final TopicPartition SHARED = new TopicPartition("shared", 0);
    private static final int TICK_MS = 6_000;
    /** The controller stands still for as long as two starts take and must be controller afterwards. */
    private static final int SESSION_MS = 20 * TICK_MS;

    @Test
    void r14BrokerThatIsKilledTwiceBeforeAControllerLooksHasLostNothing() throws Exception {
        try (ZooKeeperProcess zooKeeper = ZooKeeperProcess.start(TICK_MS);
                BrokerCluster cluster = BrokerCluster.start("twice", 3, settings(zooKeeper));
                Admin admin = cluster.admin()) {
            int controller = admin.describeCluster()
                    .controller()
                    .get(30, TimeUnit.SECONDS)
                    .id();
            int victim = 1 + controller % 3;
            admin.createTopics(List.of(
                            new NewTopic(ALONE.topic(), Map.of(0, List.of(victim))),
                            new NewTopic(SHARED.topic(), Map.of(0, List.of(victim, controller)))))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            Ledger ledger = new Ledger(List.of(ALONE, SHARED));
            Load load = new Load(cluster.bootstrap(), ledger);
            load.idempotentWriter(1, List.of(ALONE, SHARED));
            cluster.await("a running load", Duration.ofSeconds(60), () -> ledger.count() > 5_000);

            String registration = "broker registered id=" + victim + " ";
            int seen = countOf(registration, cluster.node(controller).log());

            killTwiceUnseen(cluster, controller, victim);

            cluster.node(victim).awaitReady();
            cluster.awaitInSync(admin, List.of(ALONE.topic(), SHARED.topic()), Duration.ofSeconds(60));
            long before = ledger.count();
            cluster.await("acks afterwards", Duration.ofSeconds(60), () -> ledger.count() > before + 1_000);
            load.stop();
            assertThat(load.problems()).isEmpty();
            AckedRecords.readAll(cluster.bootstrap(), ledger, List.of(ALONE, SHARED));
            String log = cluster.node(controller).log();
            assertThat(log).doesNotContain("possible loss").doesNotContain("session expired");
            assertThat(countOf(registration, log) - seen)
                    .as("registrations that the controller, which was the same all along, has seen")
                    .isEqualTo(1);
        }
    }

    private static Map<String, String> settings(ZooKeeperProcess zooKeeper) {
        return Map.of(
                "zookeeper.connect", zooKeeper.address(), "zookeeper.session.timeout.ms", Integer.toString(SESSION_MS));
    }

    /** The controller stands still meanwhile: of the process in the middle it never hears. */
    private static void killTwiceUnseen(BrokerCluster cluster, int controller, int victim) {
        BrokerProcess broker = cluster.node(victim);
        cluster.node(controller).pause();
        try {
            broker.kill();
            for (int start = 1; start <= 2; start++) {
                int registered = countOf("following controller", broker.log());
                broker.relaunch();
                cluster.await(
                        "it has registered",
                        Duration.ofSeconds(50),
                        () -> countOf("following controller", broker.log()) > registered);
                if (start == 1) {
                    broker.kill();
                }
            }
        } finally {
            cluster.node(controller).resume();
        }
    }

    private static int countOf(String words, String text) {
        return text.split(words, -1).length - 1;
    }
}
