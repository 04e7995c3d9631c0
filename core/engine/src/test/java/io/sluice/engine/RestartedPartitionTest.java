package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.MemoryDisk;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestartedPartitionTest {
    private static final String TOPIC = "t";

    private final EngineCluster cluster = new EngineCluster(Map.of(), 1);

    @Test
    void s13RetentionGoesOnAfterARestartThoughNothingIsWritten() {
        cluster.keepStore(1);
        cluster.controller.createTopic(TOPIC, 1, Map.of("retention.ms", "1000000"), 1);
        cluster.advanceMs(100);
        cluster.append(1, TOPIC, 0, true, "a");
        cluster.advanceMs(200_000); // long enough for a checkpoint of the high watermark
        MemoryDisk disk = cluster.kill(1);
        cluster.start(1, disk);
        cluster.keepStore(1);
        cluster.advanceMs(500_000);
        assertThat(cluster.partition(1, TOPIC, 0).startOffset()).isZero();
        cluster.advanceMs(800_000);
        assertThat(cluster.partition(1, TOPIC, 0).startOffset()).isEqualTo(1);
    }
}
