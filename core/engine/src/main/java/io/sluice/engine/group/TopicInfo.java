package io.sluice.engine.group;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What assignors and subscriptions need to know of a topic.
 *
 * @param partitions how many
 * @param racks by partition the racks that hold a replica; empty when racks are not known
 */
public record TopicInfo(UUID id, String name, int partitions, List<Set<String>> racks) {
    public TopicInfo(UUID id, String name, int partitions) {
        this(id, name, partitions, List.of());
    }
}
