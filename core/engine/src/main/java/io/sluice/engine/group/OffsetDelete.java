package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import java.util.List;
import java.util.Map;

/** Forgets committed offsets of partitions that no live member is subscribed to. */
public final class OffsetDelete {
    private OffsetDelete() {}

    public record Request(String groupId, List<TopicPartition> partitions) {}

    /** {@code error} concerns all; else {@code partitions} has an entry for each that was asked. */
    public record Response(GroupError error, Map<TopicPartition, GroupError> partitions) {
        public static Response refused(GroupError error) {
            return new Response(error, Map.of());
        }
    }
}
