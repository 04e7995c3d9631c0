package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
    private static final Path DATA = Path.of("data");

    @Test
    void threeNodesAreOneQuorumAndReplicateTheirInternalTopics() {
        KafkaSettings settings = KafkaSettings.ofNodes(new int[] {100, 200, 300}, Detection.DEFAULT);

        assertThat(settings.initialControllers())
                .matches("1@127\\.0\\.0\\.1:101:[^,:]+,2@127\\.0\\.0\\.1:201:[^,:]+,3@127\\.0\\.0\\.1:301:[^,:]+");
        assertThat(lines(settings, 1))
                .contains(
                        "node.id=2",
                        "listeners=PLAINTEXT://127.0.0.1:200,CONTROLLER://127.0.0.1:201",
                        "controller.quorum.bootstrap.servers=127.0.0.1:101,127.0.0.1:201,127.0.0.1:301",
                        "offsets.topic.replication.factor=3",
                        "default.replication.factor=3",
                        "transaction.state.log.min.isr=2");
    }

    @Test
    void singleNodeReplicatesNothing() {
        KafkaSettings settings = KafkaSettings.ofNodes(new int[] {100}, Detection.DEFAULT);

        assertThat(lines(settings, 0))
                .contains("offsets.topic.replication.factor=1", "transaction.state.log.min.isr=1");
    }

    @Test
    void timeOutsAreKafkasOwnUnlessTheyAreToBeEqual() {
        int[] ports = {100, 200, 300};

        assertThat(lines(KafkaSettings.ofNodes(ports, Detection.DEFAULT), 0))
                .noneMatch(line -> line.contains("timeout"));
        assertThat(lines(KafkaSettings.ofNodes(ports, Detection.EQUAL), 0))
                .contains(
                        "broker.session.timeout.ms=2000",
                        "broker.heartbeat.interval.ms=500",
                        "controller.quorum.fetch.timeout.ms=2000");
    }

    private static List<String> lines(KafkaSettings settings, int index) {
        return settings.lines(settings.nodes().get(index), DATA);
    }
}
