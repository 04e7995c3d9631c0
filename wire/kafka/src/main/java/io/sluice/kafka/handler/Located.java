package io.sluice.kafka.handler;

import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import org.apache.kafka.common.protocol.Errors;

/** A partition that a request names, or why this broker cannot ask it. */
sealed interface Located {
    record Here(Partition partition) implements Located {}

    /** @param message names the partition and the reason */
    record Missing(Errors error, String message) implements Located {}

    static Located find(Engine engine, String topicName, int index) {
        Partition partition = engine.partitions().find(topicName, index);
        if (partition != null) {
            return new Here(partition);
        }
        Errors error = Absent.byName(engine, topicName, index);
        if (error == Errors.NOT_LEADER_OR_FOLLOWER) {
            return new Missing(error, "This broker does not hold partition " + index + " of topic " + topicName);
        }
        return new Missing(error, unknown(engine, topicName, index));
    }

    private static String unknown(Engine engine, String topicName, int index) {
        return engine.image()
                .topic(topicName)
                .map(topic -> "Topic " + topicName + " has " + topic.partitionCount() + " partitions, but no partition "
                        + index)
                .orElse("Topic " + topicName + " does not exist");
    }
}
