package io.sluice.cli;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/** Where a partition's replicas are, or are to be. @param replicas brokers, the preferred leader first */
record Placed(TopicPartition partition, List<Integer> replicas) {
    Placed {
        replicas = List.copyOf(replicas);
    }

    Placed on(List<Integer> brokers) {
        return new Placed(partition, brokers);
    }
}
