package io.sluice.kafka.handler;

import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.engine.Partitions;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Why this broker cannot ask a partition that it does not hold. One that the cluster has is led elsewhere, or not open
 * here yet: its clients look for the leader. Only what the cluster does not have is unknown.
 */
final class Absent {
    private Absent() {}

    static Errors byName(Engine engine, String topic, int index) {
        return error(
                engine.partitions().topic(topic),
                engine.image().topic(topic),
                index,
                Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    static Errors byId(Engine engine, UUID topicId, int index) {
        return error(engine.partitions().topic(topicId), engine.image().topic(topicId), index, Errors.UNKNOWN_TOPIC_ID);
    }

    /** What is here follows the image by a moment, and the image may lose a topic a moment before it is closed here. */
    private static Errors error(
            Partitions.@Nullable Topic here, Optional<TopicImage> inCluster, int index, Errors unknownTopic) {
        boolean exists = (here != null && here.hasPartition(index))
                || inCluster.flatMap(topic -> topic.partition(index)).isPresent();
        if (exists) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        return here == null && inCluster.isEmpty() ? unknownTopic : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
}
