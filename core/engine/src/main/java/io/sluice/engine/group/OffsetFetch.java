package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads back what a group has committed. Never answers with an offset that a crash could take back. */
public final class OffsetFetch {
    private OffsetFetch() {}

    /**
     * @param memberId with {@code memberEpoch}, checked when the group speaks the consumer protocol (from version 9)
     * @param memberEpoch -1 when not given
     * @param partitions empty for everything that the group has committed
     */
    public record Request(
            String groupId, Optional<String> memberId, int memberEpoch, Optional<List<TopicPartition>> partitions) {}

    /** Partitions without an entry have no committed offset (-1 on Kafka's wire). */
    public record Response(GroupError error, Map<TopicPartition, CommittedOffset> offsets) {
        public static Response refused(GroupError error) {
            return new Response(error, Map.of());
        }
    }
}
