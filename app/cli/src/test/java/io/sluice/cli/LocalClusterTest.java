package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalClusterTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void stateIsReadBackAsItWasSaved() {
        LocalCluster cluster = LocalCluster.of(3, 9092, "256m", Map.of("min.insync.replicas", "2"));
        cluster = cluster.with(new LocalNode(2, 9093, 4711, 1_700_000_000_123L));

        cluster.save(folder);

        assertThat(LocalCluster.in(folder)).isEqualTo(cluster);
        assertThat(folder).isDirectoryNotContaining(file -> file.toString().endsWith(".new"));
    }

    @Test
    void folderWithoutAClusterSaysHowToStartOne() {
        assertThatThrownBy(() -> LocalCluster.in(folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("no cluster was started in " + folder
                        + "; ./sluice cluster start 3 starts one there, --data" + " names another folder");
    }

    @Test
    void stateThatCannotBeReadIsNamed() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), "{\"basePort\":");

        assertThatThrownBy(() -> LocalCluster.in(folder))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(folder.resolve("cluster.json") + " is damaged");
    }

    @Test
    void nodeThatIsNotThereIsNamedWithThoseThatAre() {
        assertThatThrownBy(() -> LocalCluster.of(3, 9092, "512m", Map.of()).node(4))
                .hasMessage("the cluster has no node 4, only 1, 2, 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        1 | 1@127.0.0.1:9192
        2 | 1@127.0.0.1:9192
        3 | 1@127.0.0.1:9192,2@127.0.0.1:9195,3@127.0.0.1:9198
        4 | 1@127.0.0.1:9192,2@127.0.0.1:9195,3@127.0.0.1:9198
        """)
    void oneOrThreeNodesRunZooKeeper(int size, String members) {
        assertThat(LocalCluster.of(size, 9092, "512m", Map.of()).members()).isEqualTo(members);
    }

    @Test
    void largestClusterHasFiveZooKeepersAndPortsThatDoNotMeet() {
        LocalCluster cluster = LocalCluster.of(LocalCluster.NODES_MAX, LocalCluster.PORT_MAX, "512m", Map.of());

        assertThat(cluster.members().split(",")).hasSize(5);
        assertThat(cluster.node(LocalCluster.NODES_MAX).port()).isLessThan(LocalCluster.PORT_MAX + 100);
    }

    @Test
    void nodeIsStartedWithItsOwnPortAndFolderAndTheSettingsOfAll() {
        LocalCluster cluster = LocalCluster.of(1, 9092, "512m", Map.of("min.insync.replicas", "2"));

        assertThat(cluster.arguments(cluster.node(1), Path.of("c")))
                .containsExactly(
                        "server",
                        "--node",
                        "1",
                        "--cluster",
                        "1@127.0.0.1:9192",
                        "--listen",
                        "127.0.0.1:9092",
                        "--data",
                        Path.of("c", "node-1").toString(),
                        "--set",
                        "min.insync.replicas=2");
    }
}
