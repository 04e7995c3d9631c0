package io.sluice.kafka.handler;

import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import org.apache.kafka.common.protocol.Errors;

/** A partition that a request names, or why this broker cannot ask it. */
sealed interface Located {
    record Here(Partition partition) implements Located {}

    /** @param message names the partition and the reason */
    record Missing(Errors error, String message) implements Located {}

    static Located find(Partitions partitions, String topicName, int index) {
        Partitions.Topic topic = partitions.topic(topicName);
        if (topic == null) {
            return new Missing(Errors.UNKNOWN_TOPIC_OR_PARTITION, "Topic " + topicName + " does not exist");
        }
        Partition partition = topic.partition(index);
        if (partition != null) {
            return new Here(partition);
        }
        return topic.hasPartition(index)
                ? new Missing(
                        Errors.NOT_LEADER_OR_FOLLOWER,
                        "This broker does not hold partition " + index + " of topic " + topicName)
                : new Missing(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "Topic " + topicName + " has " + topic.count() + " partitions, but no partition " + index);
    }
}
