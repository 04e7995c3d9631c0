package io.sluice.log;

import java.util.UUID;

/**
 * Names one partition's log. The topic id and the partition are its identity; the readable name rides along for people
 * (a log that was found on disk after a crash may know it only in part).
 *
 * @param topicId the topic's id: a topic that is deleted and made again has another one
 * @param topic readable name, any UTF-8
 * @param partition index within the topic, from 0
 */
public record LogId(UUID topicId, String topic, int partition) {
    public LogId {
        if (partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " of " + topic + " is negative");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogId that && partition == that.partition && topicId.equals(that.topicId);
    }

    @Override
    public int hashCode() {
        return topicId.hashCode() * 31 + partition;
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
