package io.sluice.engine.group;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * How far a group has come in one partition.
 *
 * @param leaderEpoch of the last record read, or -1
 * @param metadata the client's own note, at most {@code offset.metadata.max.bytes}
 * @param expireTimestampMs when the client asked for a retention of its own (OffsetCommit before version 5)
 * @param topicId the topic that was meant, or {@link #NO_TOPIC_ID} when the client named it only by name
 */
public record CommittedOffset(
        long offset,
        int leaderEpoch,
        String metadata,
        long commitTimestampMs,
        OptionalLong expireTimestampMs,
        UUID topicId) {
    public static final UUID NO_TOPIC_ID = new UUID(0, 0);
}
