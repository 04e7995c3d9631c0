package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupTopicTest {
    /** The controller knows of brokers that are away, whom the image does not show. */
    @Test
    void asManyReplicasAreAskedForAsAreSetBeforeAsManyAsThereAreBrokers() {
        EngineCluster cluster = new EngineCluster(Map.of("offsets.topic.replication.factor", "3"), 1, 2);
        cluster.engine(1).groups().findPartition("group");
        cluster.loop.runAll();
        assertThat(cluster.controller.factorsAsked()).containsExactly(3, 2);
    }
}
