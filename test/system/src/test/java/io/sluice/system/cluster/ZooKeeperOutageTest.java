package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.crash.Ledger;
import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.ZooKeeperProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.junit.jupiter.api.Test;

/**
 * Three brokers on an ensemble that others run, and that is gone for longer than sessions last: those who lead go on
 * leading, what needs the ensemble is refused, and all returns by itself.
 */
class ZooKeeperOutageTest {
    private static final int PARTITIONS = 3;
    private static final String TOPIC = "goes-on";
    private static final Duration SESSION = Duration.ofSeconds(3);

    private final List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
            .mapToObj(index -> new TopicPartition(TOPIC, index))
            .toList();

    @Test
    void writingAndReadingGoOnWithoutZooKeeperAndAllReturnsWithIt() throws Exception {
        try (ZooKeeperProcess zooKeeper = ZooKeeperProcess.start();
                BrokerCluster cluster = BrokerCluster.start("outage", 3, settings(zooKeeper));
                Admin admin = cluster.admin()) {
            create(admin, TOPIC, PARTITIONS);
            cluster.awaitInSync(admin, List.of(TOPIC), Duration.ofSeconds(60));
            Ledger ledger = new Ledger(partitions);
            Load load = new Load(cluster.bootstrap(), ledger);
            load.idempotentWriter(1, partitions);
            load.committer("outage-group", partitions.get(0));
            cluster.await("the first commit", Duration.ofSeconds(60), () -> load.committed() >= 0);

            zooKeeper.kill();
            goesOn(cluster, ledger, load, SESSION.multipliedBy(3));
            AckedRecords.readAll(cluster.bootstrap(), ledger, partitions);
            assertThatThrownBy(() -> create(admin, "too-early", 1))
                    .cause()
                    .isInstanceOf(RetriableException.class)
                    .hasMessageContaining("ZooKeeper");

            zooKeeper.restart();
            cluster.await("a topic can be created", Duration.ofSeconds(60), () -> canCreate(admin));
            cluster.awaitAll();
            cluster.awaitWhole(admin, Duration.ofSeconds(60));
            failsOver(cluster, admin, ledger);
            load.stop();
            assertThat(load.problems()).isEmpty();
            AckedRecords.readAll(cluster.bootstrap(), ledger, partitions);
            System.out.println("acked " + ledger.count() + " commits " + load.committed());
        }
    }

    private static Map<String, String> settings(ZooKeeperProcess zooKeeper) {
        return Map.of(
                "zookeeper.connect",
                zooKeeper.address(),
                "zookeeper.session.timeout.ms",
                Long.toString(SESSION.toMillis()),
                "min.insync.replicas",
                "2",
                "offsets.topic.num.partitions",
                "3");
    }

    private static void goesOn(BrokerCluster cluster, Ledger ledger, Load load, Duration howLong) {
        long until = System.nanoTime() + howLong.toNanos();
        while (System.nanoTime() < until) {
            long acked = ledger.count();
            long committed = load.committed();
            cluster.await(
                    "acks and commits without ZooKeeper",
                    Duration.ofSeconds(10),
                    () -> ledger.count() > acked + 100 && load.committed() > committed);
        }
    }

    /** With the ensemble back, the loss of a broker is noticed and made good again. */
    private static void failsOver(BrokerCluster cluster, Admin admin, Ledger ledger) {
        int leader = cluster.leader(admin, TOPIC, 0).orElseThrow();
        cluster.node(leader).kill();
        cluster.await("another leader", Duration.ofSeconds(30), () -> cluster.leader(admin, TOPIC, 0)
                .filter(id -> id != leader)
                .isPresent());
        long acked = ledger.count();
        cluster.await("acks of the new leader", Duration.ofSeconds(30), () -> ledger.count() > acked + 100);
        cluster.node(leader).restart();
        cluster.awaitWhole(admin, Duration.ofSeconds(60));
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 3)))
                .all()
                .get(60, TimeUnit.SECONDS);
    }

    private static boolean canCreate(Admin admin) {
        try {
            create(admin, "afterwards", 1);
            return true;
        } catch (Exception notNow) {
            return String.valueOf(notNow.getMessage()).contains("exists");
        }
    }
}
