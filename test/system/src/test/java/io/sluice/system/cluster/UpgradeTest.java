package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Ledger;
import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.NextVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * Brokers of this version and of a next one, whose messages and stored nodes have more in them, are one cluster: while
 * they are exchanged one by one, and when one goes back.
 */
class UpgradeTest {
    private static final int PARTITIONS = 3;
    private static final String TOPIC = "upgraded";
    private static final Duration WITHIN = Duration.ofSeconds(90);

    private interface Exchange {
        void of(BrokerProcess broker) throws Exception;
    }

    @Test
    void brokersAreExchangedForTheNextVersionUnderLoadAndOneGoesBack() throws Exception {
        List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(index -> new TopicPartition(TOPIC, index))
                .toList();
        NextVersion next = NextVersion.build();
        Map<String, String> settings = Map.of("min.insync.replicas", "2", "offsets.topic.num.partitions", "3");
        try (BrokerCluster cluster = BrokerCluster.start("upgrade", 3, settings);
                Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 3)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
            Ledger ledger = new Ledger(partitions);
            Load load = new Load(cluster.bootstrap(), ledger);
            load.idempotentWriter(1, partitions);
            load.committer("upgrade-group", partitions.get(0));
            AdminLoad changes = AdminLoad.begin(cluster.bootstrap(), 1);
            cluster.await("a running load", WITHIN, () -> ledger.count() > 1_000 && changes.done() > 3);

            int controller = controller(admin);
            int first = 1 + controller % 3;
            int second = 1 + first % 3;
            exchange(cluster, admin, first, next::give); // the next version under a controller of this one
            assertThat(controller(admin)).isEqualTo(controller);
            assertThat(cluster.node(controller).log()).contains("broker registered id=" + first + " ", " level=2 ");
            exchange(cluster, admin, second, next::give);
            exchange(cluster, admin, controller, next::give);
            int successor = controller(admin);
            exchange(cluster, admin, 1 + successor % 3, next::take); // this version under a controller of the next
            assertThat(controller(admin)).isEqualTo(successor);

            changes.stop();
            load.stop();
            assertThat(changes.problems()).isEmpty();
            assertThat(load.problems()).isEmpty();
            AckedRecords.readAll(cluster.bootstrap(), ledger, partitions);
            assertThat(cluster.ids())
                    .allSatisfy(id -> assertThat(cluster.node(id).log())
                            .doesNotContain("can't be understood")
                            .doesNotContain("refuses to be followed"));
            cluster.stopAll();
            assertThat(ReplicaLogs.assertEqual(cluster, TOPIC, PARTITIONS)).isPositive();
        }
    }

    private static void exchange(BrokerCluster cluster, Admin admin, int id, Exchange versions) throws Exception {
        BrokerProcess broker = cluster.node(id);
        assertThat(broker.stopOrKill(Duration.ofSeconds(30))).isTrue();
        versions.of(broker);
        broker.restart();
        cluster.awaitAll();
        cluster.awaitWhole(admin, WITHIN);
    }

    private static int controller(Admin admin) throws Exception {
        return admin.describeCluster().controller().get(30, TimeUnit.SECONDS).id();
    }
}
