package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.cluster.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers in one process, of which the first runs ZooKeeper. */
class ThreeServersTest {
    private static final long TIMEOUT_S = 60;
    private static final String TOPIC = "copied";

    @TempDir
    Path folder;

    private int zookeeperPort;
    private final List<SluiceServer> servers = new ArrayList<>();

    @BeforeEach
    void startAtOnce() throws Exception {
        zookeeperPort = freePorts();
        List<CompletableFuture<SluiceServer>> starting = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            int node = id;
            starting.add(CompletableFuture.supplyAsync(() -> start(node), task -> new Thread(task).start()));
        }
        for (CompletableFuture<SluiceServer> server : starting) {
            servers.add(server.get(TIMEOUT_S, TimeUnit.SECONDS));
        }
    }

    private SluiceServer start(int id) {
        return start(id, "2");
    }

    private SluiceServer start(int id, String minInSync) {
        try {
            return SluiceServer.start(Map.of(
                    "node.id",
                    String.valueOf(id),
                    "sluice.cluster",
                    "1@127.0.0.1:" + zookeeperPort,
                    "log.dirs",
                    folder.resolve("node" + id).toString(),
                    "listeners",
                    "PLAINTEXT://127.0.0.1:0",
                    "min.insync.replicas",
                    minInSync,
                    "default.replication.factor",
                    "3"));
        } catch (StartupException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void brokerThatMeansAnotherMinimumInSyncIsRefusedUntilTheClusterHasADefault() throws Exception {
        assertThatThrownBy(() -> start(4, "1"))
                .hasMessageContaining("broker 4 was started with min.insync.replicas=1, but broker 1 with 2");

        try (Admin admin = admin()) {
            ConfigResource everybody = new ConfigResource(ConfigResource.Type.BROKER, "");
            AlterConfigOp minimum =
                    new AlterConfigOp(new ConfigEntry("min.insync.replicas", "2"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(everybody, List.of(minimum)))
                    .all()
                    .get(TIMEOUT_S, TimeUnit.SECONDS);
        }
        servers.add(start(4, "1"));
    }

    /** The first of three ports in a row of which the first is free. */
    private static int freePorts() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Math.min(socket.getLocalPort(), 65_500);
        }
    }

    @AfterEach
    void stop() {
        for (int i = servers.size() - 1; i >= 0; i--) {
            servers.get(i).close();
        }
    }

    private String bootstrap() {
        return servers.stream()
                .map(server -> server.endpoints().get(0))
                .map((Endpoint endpoint) -> endpoint.host() + ":" + endpoint.port())
                .collect(Collectors.joining(","));
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    private static void create(Admin admin) throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, 3, (short) 3))).all().get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static TopicPartitionInfo partition(Admin admin, int index) throws Exception {
        TopicDescription described = admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get(TIMEOUT_S, TimeUnit.SECONDS)
                .get(TOPIC);
        return described.partitions().get(index);
    }

    private KafkaProducer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    private static RecordMetadata send(KafkaProducer<String, String> producer, int partition) throws Exception {
        return producer.send(new ProducerRecord<>(TOPIC, partition, null, "value"))
                .get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private SluiceServer server(int id) {
        return servers.stream()
                .filter(server -> server.nodeId() == id)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void brokersThatStartAtOnceFormACluster() throws Exception {
        try (Admin admin = admin()) {
            assertThat(admin.describeCluster().nodes().get(TIMEOUT_S, TimeUnit.SECONDS))
                    .hasSize(3);
            create(admin);
            for (int i = 0; i < 3; i++) {
                assertThat(partition(admin, i).isr()).hasSize(3);
            }
        }
    }

    @Test
    void writingGoesOnWhenTheLeaderDies() throws Exception {
        try (Admin admin = admin();
                KafkaProducer<String, String> producer = producer()) {
            create(admin);
            for (int i = 0; i < 3; i++) {
                assertThat(send(producer, i).offset()).isZero();
            }
            int index = 0;
            while (partition(admin, index).leader().id() == 1) {
                index++; // the first broker runs ZooKeeper: another one is to die
            }
            int leader = partition(admin, index).leader().id();
            server(leader).crash();
            servers.remove(server(leader));

            assertThat(send(producer, index).offset()).isEqualTo(1);
            assertThat(partition(admin, index).leader().id()).isNotEqualTo(leader);
        }
    }

    @Test
    void r20_brokerThatStopsHandsItsLeadershipsOver() throws Exception {
        try (Admin admin = admin();
                KafkaProducer<String, String> producer = producer()) {
            create(admin);
            send(producer, 0);
            server(3).close();
            servers.remove(server(3));
            for (int i = 0; i < 3; i++) {
                assertThat(partition(admin, i).leader().id()).isNotEqualTo(3);
                send(producer, i);
            }
            servers.add(start(3));
            int index = 0;
            await().atMost(TIMEOUT_S, TimeUnit.SECONDS)
                    .until(() -> partition(admin, index).isr().size() == 3);
        }
    }
}
