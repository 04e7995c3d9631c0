package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SluiceServerTest {
    @TempDir
    Path folder;

    private Map<String, String> settings(Path data, int port) {
        return Map.of("log.dirs", data.toString(), "listeners", "PLAINTEXT://127.0.0.1:" + port);
    }

    @Test
    void startsStopsAndStartsAgainOnTheSameFolder() throws StartupException {
        String cluster;
        try (SluiceServer server = SluiceServer.start(settings(folder, 0))) {
            assertThat(server.endpoints()).hasSize(1);
            assertThat(server.endpoints().get(0).port()).isPositive();
            cluster = server.clusterId();
        }
        try (SluiceServer server = SluiceServer.start(settings(folder, 0))) {
            assertThat(server.clusterId()).isEqualTo(cluster);
        }
    }

    @Test
    void busyPortIsNamed() throws StartupException {
        try (SluiceServer server = SluiceServer.start(settings(folder.resolve("a"), 0))) {
            int port = server.endpoints().get(0).port();
            assertThatThrownBy(() -> SluiceServer.start(settings(folder.resolve("b"), port)))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void s15FolderInUseIsNamed() throws StartupException {
        try (SluiceServer server = SluiceServer.start(settings(folder, 0))) {
            assertThat(server.dataFolders()).containsExactly(folder);
            assertThatThrownBy(() -> SluiceServer.start(settings(folder, 0)))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("another broker");
        }
    }

    @Test
    void s15FolderOfAnotherBrokerIsRefused() throws Exception {
        SluiceServer.start(settings(folder, 0)).close();
        assertThatThrownBy(() -> SluiceServer.start(
                        Map.of("node.id", "7", "log.dirs", folder.toString(), "listeners", "PLAINTEXT://127.0.0.1:0")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void s15DataWhoseZooKeeperIsGoneFoundsNoOtherCluster() throws Exception {
        SluiceServer.start(settings(folder, 0)).close();
        try (Stream<Path> files = Files.walk(folder.resolve("zookeeper"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> SluiceServer.start(settings(folder, 0)))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("belongs to cluster")
                    .hasMessageContaining("ZooKeeper holds no cluster");
        }
    }

    @Test
    void s15FolderOfASingleNodeIsRefusedToAClustersNode() throws Exception {
        SluiceServer.start(settings(folder, 0)).close();
        Map<String, String> member = new HashMap<>(settings(folder, 0));
        member.put("node.id", "1");
        member.put("sluice.cluster", "1@127.0.0.1:9192,2@127.0.0.1:9195,3@127.0.0.1:9198");

        assertThatThrownBy(() -> SluiceServer.start(member))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("of a single node, not of a cluster's");
    }

    @Test
    void brokerWaitsOnlyAsLongAsItWasToldForItsClustersOtherNodes() {
        Map<String, String> member = new HashMap<>(settings(folder, 0));
        member.put("node.id", "1");
        member.put("sluice.cluster", "1@127.0.0.1:19192,2@127.0.0.1:19195,3@127.0.0.1:19198");
        member.put("zookeeper.connection.timeout.ms", "1500");

        assertThatThrownBy(() -> SluiceServer.start(member))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("ZooKeeper");
    }

    @Test
    void s15FolderOfKafkaIsRefusedAndLeftAlone() throws Exception {
        Files.writeString(folder.resolve("meta.properties"), "version=1");

        assertThatThrownBy(() -> SluiceServer.start(settings(folder, 0)))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("belongs to Apache Kafka");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("meta.properties"));
        }
    }

    @Test
    void unwritableFolderIsNamed() throws Exception {
        Path file = Files.createFile(folder.resolve("a-file"));
        assertThatThrownBy(() -> SluiceServer.start(settings(file.resolve("data"), 0)))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("--data");
    }

    @Test
    void unknownSettingIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> SluiceServer.start(Map.of("num.partition", "3")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("num.partitions");
    }

    @Test
    void illTypedSettingIsRefused() {
        assertThatThrownBy(() -> SluiceServer.start(Map.of("num.partitions", "many")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("num.partitions")
                .hasMessageContaining("many");
    }

    @Test
    void crashedBrokerRecovers() throws StartupException {
        SluiceServer crashed = SluiceServer.start(settings(folder, 0));
        String cluster = crashed.clusterId();
        crashed.crash();
        try (SluiceServer server = SluiceServer.start(settings(folder, 0))) {
            assertThat(server.clusterId()).isEqualTo(cluster);
        }
    }
}
