package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One topic.
 *
 * @param id never used again, so a topic that is deleted and created anew is another topic (R22)
 * @param configs what was set on the topic itself; everything else comes from the brokers' settings
 * @param partitions by index
 */
public record TopicImage(UUID id, String name, Map<String, String> configs, List<PartitionImage> partitions) {
    public TopicImage {
        configs = Map.copyOf(configs);
        partitions = List.copyOf(partitions);
    }

    public int partitionCount() {
        return partitions.size();
    }

    public Optional<PartitionImage> partition(int index) {
        return index >= 0 && index < partitions.size() ? Optional.of(partitions.get(index)) : Optional.empty();
    }

    /** This topic with other states of some of its partitions. */
    public TopicImage withPartitions(Map<Integer, PartitionImage> changed) {
        List<PartitionImage> all = new ArrayList<>(partitions);
        changed.forEach(all::set);
        return new TopicImage(id, name, configs, all);
    }

    /** Replicas per partition, as the first partition has them, or will once it has moved. */
    public int replicationFactor() {
        if (partitions.isEmpty()) {
            return 0;
        }
        PartitionImage first = partitions.get(0);
        return first.reassignment().isUnderWay()
                ? first.reassignment().target().size()
                : first.replicas().size();
    }
}
