package io.sluice.cluster;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One change of the image. The controller turns each of its decisions into events; applying them in order gives every
 * broker the same image, so they are also what a delta between brokers will carry.
 */
public sealed interface ImageEvent {
    /** A broker took or gave up the controller's role. */
    record ControllerChanged(int controllerId) implements ImageEvent {}

    record BrokerRegistered(BrokerInfo broker) implements ImageEvent {}

    record BrokerGone(int brokerId) implements ImageEvent {}

    record TopicCreated(TopicImage topic) implements ImageEvent {}

    /** The same topic id with other settings or more partitions. */
    record TopicChanged(TopicImage topic) implements ImageEvent {}

    /** Single partitions of a topic have new states; their count stays. */
    record PartitionsChanged(UUID topicId, SortedMap<Integer, PartitionImage> partitions) implements ImageEvent {
        public PartitionsChanged {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    record TopicDeleted(UUID topicId) implements ImageEvent {}

    /** All that is now set at run time on a broker, the cluster default or a group. */
    record ConfigsChanged(ConfigResource resource, Map<String, String> configs) implements ImageEvent {
        public ConfigsChanged {
            configs = Map.copyOf(configs);
        }
    }
}
