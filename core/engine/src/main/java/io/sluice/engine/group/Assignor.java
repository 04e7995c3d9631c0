package io.sluice.engine.group;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;

/**
 * Divides the partitions of a consumer group's topics among its members: each partition of a topic goes to exactly one of
 * the members that read the topic. A function: the same input gives the same output.
 */
interface Assignor {
    String name();

    /** What each member of {@code input} is to have; members that get nothing may be left out. */
    Map<String, Assignment> assign(Input input);

    /**
     * @param members by member id
     * @param partitions how many each topic has; topics that nobody reads are not in it
     */
    record Input(SortedMap<String, Member> members, SortedMap<UUID, Integer> partitions) {}

    /** {@code target} is what the member was to have so far: what it keeps need not be moved. */
    record Member(Optional<String> instanceId, Set<UUID> topics, Assignment target) {}
}
