package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** A group's progress is written down. Answered when it is durable (G5). */
public final class OffsetCommit {
    private OffsetCommit() {}

    /** {@code leaderEpoch} is -1 when unknown; {@code topicId} {@link CommittedOffset#NO_TOPIC_ID} likewise. */
    public record Offset(TopicPartition partition, UUID topicId, long offset, int leaderEpoch, String metadata) {}

    /**
     * @param generationOrEpoch the classic generation or the consumer protocol's member epoch; -1 from outside a group
     * @param knowsMemberEpochs whether the request's version (from 9) can carry a STALE_MEMBER_EPOCH answer
     * @param retentionMs the client's own retention (versions 2 to 4)
     */
    public record Request(
            MemberRef member,
            int generationOrEpoch,
            boolean knowsMemberEpochs,
            OptionalLong retentionMs,
            List<Offset> offsets) {}

    /** {@code error} concerns all partitions; else {@code partitions} has an entry for each that was asked. */
    public record Response(GroupError error, Map<TopicPartition, GroupError> partitions) {
        public static Response refused(GroupError error) {
            return new Response(error, Map.of());
        }

        /** What to tell about one partition. */
        public GroupError of(TopicPartition partition) {
            return error != GroupError.NONE ? error : partitions.getOrDefault(partition, GroupError.NONE);
        }
    }
}
