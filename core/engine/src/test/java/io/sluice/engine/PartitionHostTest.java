package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PartitionHostTest {
    private static final String TOPIC = "t";
    private static final String SETTING = "min.insync.replicas";

    private final EngineCluster cluster = new EngineCluster(Map.of(), 1);

    @Test
    void settingThatIsTakenBackBeforeThePartitionHasHeardOfItHoldsNoMore() {
        cluster.controller.createTopic(TOPIC, 1, Map.of(SETTING, "1"), 1);
        cluster.advanceMs(100);
        cluster.loop.elsewhere(() -> {
            cluster.controller.configure(TOPIC, Map.of(SETTING, "2"));
            cluster.controller.configure(TOPIC, Map.of(SETTING, "1"));
        });
        cluster.loop.runAll();
        assertThat(cluster.partition(1, TOPIC, 0).config().minInSyncReplicas()).isEqualTo(1);
    }
}
