package io.sluice.cluster;

import java.util.List;

/**
 * A topic that is to have more partitions.
 *
 * @param totalCount how many it shall have in all
 * @param assignment brokers for each partition that is added, in order; empty leaves the placing to the controller
 */
public record MorePartitions(String topic, int totalCount, List<List<Integer>> assignment) {
    public MorePartitions {
        assignment = List.copyOf(assignment);
    }
}
