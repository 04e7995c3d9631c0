package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.ZooKeeperProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A cluster that is used from its first broker on: when all have come, none of them holds anything of groups alone. */
class GrowingClusterTest {
    private static final String OFFSETS = "__consumer_offsets";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<TopicPartition, OffsetAndMetadata> COMMITTED =
            Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(42));

    private static BrokerSpec spec(int id, ZooKeeperProcess zooKeeper) {
        return BrokerSpec.fresh("growing-" + id)
                .set("node.id", Integer.toString(id))
                .set("zookeeper.connect", zooKeeper.address())
                .set("default.replication.factor", "1")
                .set("offsets.topic.num.partitions", "5");
    }

    private static Admin admin(BrokerProcess broker) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()));
    }

    private static TopicDescription offsets(Admin admin) throws Exception {
        return admin.describeTopics(List.of(OFFSETS))
                .allTopicNames()
                .get(30, TimeUnit.SECONDS)
                .get(OFFSETS);
    }

    @Test
    void g4GroupsOfTheFirstBrokerOutliveItOnceOthersHaveCome() throws Exception {
        try (ZooKeeperProcess zooKeeper = ZooKeeperProcess.start();
                BrokerProcess first = BrokerProcess.start(spec(1, zooKeeper))) {
            try (Admin admin = admin(first)) {
                admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
                admin.alterConsumerGroupOffsets("early", COMMITTED).all().get(30, TimeUnit.SECONDS);
                assertThat(offsets(admin).partitions()).allSatisfy(partition -> assertThat(partition.replicas())
                        .hasSize(1));
            }
            try (BrokerProcess second = BrokerProcess.start(spec(2, zooKeeper));
                    BrokerProcess third = BrokerProcess.start(spec(3, zooKeeper));
                    Admin admin = admin(third)) {
                Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                                offsets(admin).partitions())
                        .allSatisfy(partition ->
                                assertThat(partition.isr()).as("in sync").hasSize(3)));

                first.kill();

                Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                                admin.listConsumerGroupOffsets("early")
                                        .partitionsToOffsetAndMetadata()
                                        .get(10, TimeUnit.SECONDS))
                        .containsExactlyEntriesOf(COMMITTED));
                assertThat(second.alive()).isTrue();
            }
        }
    }
}
