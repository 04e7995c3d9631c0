package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The events that lead from one image to another, where nobody kept them: after an election or a first look. */
final class ImageDiff {
    private ImageDiff() {}

    static List<ImageEvent> between(ClusterImage before, ClusterImage after) {
        List<ImageEvent> events = new ArrayList<>();
        if (before.controllerId() != after.controllerId()) {
            events.add(new ImageEvent.ControllerChanged(after.controllerId()));
        }
        brokers(before, after, events);
        configs(before, after, events);
        topics(before, after, events);
        return events;
    }

    private static void brokers(ClusterImage before, ClusterImage after, List<ImageEvent> events) {
        for (BrokerInfo old : before.brokers().values()) {
            Optional<BrokerInfo> now = after.broker(old.id());
            if (now.isEmpty() || now.get().epoch() != old.epoch()) {
                events.add(new ImageEvent.BrokerGone(old.id())); // another epoch: it failed and started (R12)
            }
        }
        for (BrokerInfo now : after.brokers().values()) {
            if (!before.broker(now.id()).equals(Optional.of(now))) {
                events.add(new ImageEvent.BrokerRegistered(now));
            }
        }
    }

    private static void configs(ClusterImage before, ClusterImage after, List<ImageEvent> events) {
        for (ConfigResource resource : before.configs().keySet()) {
            if (!after.configs().containsKey(resource)) {
                events.add(new ImageEvent.ConfigsChanged(resource, Map.of()));
            }
        }
        after.configs().forEach((resource, configs) -> {
            if (!configs.equals(before.configs(resource))) {
                events.add(new ImageEvent.ConfigsChanged(resource, configs));
            }
        });
    }

    /** Deletions come first: a name may have passed from a topic to its successor. */
    private static void topics(ClusterImage before, ClusterImage after, List<ImageEvent> events) {
        for (TopicImage old : before.topics()) {
            if (after.topic(old.id()).isEmpty()) {
                events.add(new ImageEvent.TopicDeleted(old.id()));
            }
        }
        for (TopicImage now : after.topics()) {
            Optional<TopicImage> old = before.topic(now.id());
            if (old.isEmpty()) {
                events.add(new ImageEvent.TopicCreated(now));
            } else if (!old.get().equals(now)) {
                events.add(changed(old.get(), now));
            }
        }
    }

    private static ImageEvent changed(TopicImage old, TopicImage now) {
        if (old.partitionCount() != now.partitionCount()
                || !old.configs().equals(now.configs())
                || !old.name().equals(now.name())) {
            return new ImageEvent.TopicChanged(now);
        }
        SortedMap<Integer, PartitionImage> partitions = new TreeMap<>();
        for (int i = 0; i < now.partitionCount(); i++) {
            if (!now.partitions().get(i).equals(old.partitions().get(i))) {
                partitions.put(i, now.partitions().get(i));
            }
        }
        return new ImageEvent.PartitionsChanged(now.id(), partitions);
    }
}
