package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.BatchRules;
import io.sluice.log.LogConfig;
import io.sluice.log.LogId;
import io.sluice.log.MemoryDisk;
import io.sluice.log.StoreFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PartitionsTest {
    private final Partitions partitions = new Partitions();

    @Test
    void partitionThatIsOpenedWhileItsTopicGrowsIsFoundInTheGrownTopic() throws Exception {
        Partition opened = new Partition(
                StoreFixture.open(new MemoryDisk(), Path.of("/data")).log(LogConfig.DEFAULTS),
                new PartitionConfig(LogConfig.DEFAULTS, BatchRules.DEFAULTS, 1),
                TestPorts.alone(1));
        LogId id = opened.id();
        Partitions.Topic topic = new Partitions.Topic(id.topicId(), id.topic(), id.partition() + 1);
        partitions.put(topic);
        Partitions.Topic grown = topic.grown(id.partition() + 2);
        partitions.place(id.topicId(), id.partition(), opened); // by another thread, before the grown topic is put
        partitions.put(grown);
        assertThat(partitions.find(id.topic(), id.partition())).isSameAs(opened);
        assertThat(grown.count()).isEqualTo(id.partition() + 2);
    }
}
