package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SluicePeerTest {
    private final SluicePeer peer =
            new SluicePeer(List.of("./sluice"), Path.of("/jdk"), new BrokerJvm("512m", List.of()));

    @TempDir
    private Path folder;

    @Test
    void brokersOfAClusterNameTheSameMembersAndThemselves() throws Exception {
        List<Peer.Installation> brokers = peer.install(folder, 3, Detection.DEFAULT);

        int[] ports = brokers.stream().mapToInt(Peer.Installation::port).toArray();
        String members =
                "1@127.0.0.1:%d,2@127.0.0.1:%d,3@127.0.0.1:%d".formatted(ports[0] + 1, ports[1] + 1, ports[2] + 1);
        assertThat(brokers.get(1).command()).endsWith("--node", "2", "--cluster", members);
        assertThat(brokers.get(2).command()).endsWith("--node", "3", "--cluster", members);
        assertThat(settings(brokers.get(2)))
                .contains("listeners=PLAINTEXT://127.0.0.1:" + ports[2], "offsets.topic.replication.factor=3")
                .noneMatch(line -> line.startsWith("zookeeper."));
    }

    @Test
    void singleBrokerIsTakenForNoCluster() throws Exception {
        Peer.Installation broker = peer.install(folder, 1, Detection.DEFAULT).get(0);

        assertThat(broker.command()).doesNotContain("--cluster");
        assertThat(settings(broker)).contains("node.id=1");
    }

    @Test
    void equalTimeOutIsThatOfTheSession() throws Exception {
        List<Peer.Installation> brokers = peer.install(folder, 3, Detection.EQUAL);

        assertThat(brokers)
                .allSatisfy(broker -> assertThat(settings(broker)).contains("zookeeper.session.timeout.ms=2000"));
    }

    private static List<String> settings(Peer.Installation broker) throws Exception {
        return Files.readAllLines(broker.folder().resolve("server.properties"));
    }
}
