package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.crash.Ledger;
import io.sluice.system.crash.Load;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.ZooKeeperProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/**
 * Three brokers on an ensemble that others run, and that is gone for longer than sessions last: those who lead go on
 * leading, what needs the ensemble is refused, and all returns by itself.
 */
class ZooKeeperOutageTest {
    private static final int PARTITIONS = 3;
    private static final String TOPIC = "goes-on";
    private static final Duration SESSION = Duration.ofSeconds(3);
    /** Less than the pauses between the attempts of a controlled shutdown, which nobody could answer. */
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(12);

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

    /** Long after every session was given up: nobody is controller, and nobody can become it. */
    @Test
    void whatNeedsZooKeeperIsRefusedForTheMomentAndClientsAndBrokersComeAndGoMeanwhile() throws Exception {
        try (ZooKeeperProcess zooKeeper = ZooKeeperProcess.start();
                BrokerCluster cluster = BrokerCluster.start("outage-calls", 3, settings(zooKeeper));
                Admin admin = cluster.admin()) {
            create(admin, TOPIC, PARTITIONS);
            cluster.awaitInSync(admin, List.of(TOPIC), Duration.ofSeconds(60));
            newClients(cluster.bootstrap(), "before"); // makes the topic of the offsets

            zooKeeper.kill();
            cluster.await("all gave their sessions up", SESSION.multipliedBy(10), () -> cluster.ids().stream()
                    .allMatch(id -> cluster.node(id).log().contains("session expired")));

            for (RefusedCall call : refusedCalls()) {
                assertThatThrownBy(() -> call.on(admin).get(60, TimeUnit.SECONDS))
                        .as(call.name())
                        .cause()
                        .isInstanceOf(RetriableException.class)
                        .hasMessageContaining("ZooKeeper");
            }
            newClients(cluster.bootstrap(), "meanwhile");

            BrokerProcess stopped = cluster.node(3);
            long begin = System.nanoTime();
            assertThat(stopped.stopOrKill(STOPS_WITHIN))
                    .as("it stops by itself")
                    .isTrue();
            System.out.println("stopped in " + (System.nanoTime() - begin) / 1_000_000 + " ms");
            stopped.relaunch();
            cluster.await("it says what it waits for", SESSION.multipliedBy(20), () -> stopped.log()
                    .contains("start waits"));
            assertThat(stopped.log()).contains("ZooKeeper did not answer");

            zooKeeper.restart();
            cluster.awaitAll();
            cluster.awaitWhole(admin, Duration.ofSeconds(60));
            newClients(cluster.bootstrap(), "afterwards");
            cluster.await("a topic can be created", Duration.ofSeconds(60), () -> canCreate(admin));
        }
    }

    private record RefusedCall(String name, Function<Admin, KafkaFuture<?>> call) {
        KafkaFuture<?> on(Admin admin) {
            return call.apply(admin);
        }
    }

    private List<RefusedCall> refusedCalls() {
        TopicPartition first = partitions.get(0);
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        AlterConfigOp shorter = new AlterConfigOp(new ConfigEntry("retention.ms", "3600000"), AlterConfigOp.OpType.SET);
        NewPartitionReassignment move = new NewPartitionReassignment(List.of(1, 2));
        return List.of(
                new RefusedCall(
                        "create a topic", admin -> admin.createTopics(List.of(new NewTopic("too-early", 1, (short) 3)))
                                .all()),
                new RefusedCall("delete a topic", admin -> admin.deleteTopics(List.of(TOPIC))
                        .all()),
                new RefusedCall("add partitions", admin -> admin.createPartitions(
                                Map.of(TOPIC, NewPartitions.increaseTo(PARTITIONS + 1)))
                        .all()),
                new RefusedCall(
                        "set a topic's setting", admin -> admin.incrementalAlterConfigs(Map.of(topic, List.of(shorter)))
                                .all()),
                new RefusedCall(
                        "move a replica", admin -> admin.alterPartitionReassignments(Map.of(first, Optional.of(move)))
                                .all()),
                new RefusedCall("elect a leader", admin -> admin.electLeaders(ElectionType.PREFERRED, Set.of(first))
                        .all()));
    }

    /** A producer with an id of its own and a consumer in a group of its own, that nobody knew before. */
    private void newClients(String bootstrap, String group) throws Exception {
        int each = 100;
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "delivery.timeout.ms", "60000", "request.timeout.ms", "20000");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                sent.add(producer.send(
                        new ProducerRecord<>(TOPIC, i % PARTITIONS, null, group.getBytes(StandardCharsets.UTF_8))));
            }
            for (Future<RecordMetadata> one : sent) {
                one.get(60, TimeUnit.SECONDS);
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "group.id", group, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(TOPIC));
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            int read = 0;
            while (read < each) {
                assertThat(System.nanoTime()).as("a new group reads").isLessThan(deadline);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    read += new String(record.value(), StandardCharsets.UTF_8).equals(group) ? 1 : 0;
                }
            }
            consumer.commitSync(Duration.ofSeconds(30));
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
