package io.sluice.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** A changed copy of a {@link ClusterImage} in the making. Owned by one thread; {@link #seal} ends it. */
public final class ImageDraft {
    private final ClusterImage base;
    private final ShardedMap.Draft<String, TopicImage> topicsByName;
    private final ShardedMap.Draft<UUID, TopicImage> topicsById;
    private final ShardedMap.Draft<String, String> collidingNames;
    private SortedMap<Integer, BrokerInfo> brokers;
    private Map<ConfigResource, Map<String, String>> configs;
    private int controllerId;
    private int partitionCount;

    ImageDraft(ClusterImage base) {
        this.base = base;
        ClusterImage.Topics topics = base.topicMaps();
        this.topicsByName = topics.byName().draft();
        this.topicsById = topics.byId().draft();
        this.collidingNames = topics.collidingNames().draft();
        this.partitionCount = topics.partitionCount();
        this.brokers = base.brokers();
        this.configs = base.configs();
        this.controllerId = base.controllerId();
    }

    public ImageDraft apply(ImageEvent event) {
        if (event instanceof ImageEvent.TopicCreated created) {
            put(created.topic());
        } else if (event instanceof ImageEvent.TopicChanged changed) {
            put(changed.topic());
        } else if (event instanceof ImageEvent.PartitionsChanged changed) {
            TopicImage topic = topicsById.get(changed.topicId());
            if (topic != null) {
                put(topic.withPartitions(changed.partitions()));
            }
        } else if (event instanceof ImageEvent.TopicDeleted deleted) {
            delete(deleted.topicId());
        } else if (event instanceof ImageEvent.BrokerRegistered registered) {
            SortedMap<Integer, BrokerInfo> copy = new TreeMap<>(brokers);
            copy.put(registered.broker().id(), registered.broker());
            brokers = copy;
        } else if (event instanceof ImageEvent.BrokerGone gone) {
            SortedMap<Integer, BrokerInfo> copy = new TreeMap<>(brokers);
            copy.remove(gone.brokerId());
            brokers = copy;
        } else if (event instanceof ImageEvent.ControllerChanged changed) {
            controllerId = changed.controllerId();
        } else if (event instanceof ImageEvent.ConfigsChanged changed) {
            setConfigs(changed);
        }
        return this;
    }

    public ImageDraft applyAll(Iterable<? extends ImageEvent> events) {
        events.forEach(this::apply);
        return this;
    }

    /** A topic as the changes so far have it. */
    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name));
    }

    /** A topic as the changes so far have it. */
    public Optional<TopicImage> topic(UUID id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    /** All topics as the changes so far have them, by name, so that the order is the same in every run. */
    List<TopicImage> topics() {
        List<TopicImage> all = new ArrayList<>();
        topicsByName.forEachValue(all::add);
        all.sort(Comparator.comparing(TopicImage::name));
        return all;
    }

    /** A topic of another name that differs from {@code name} only in '.' and '_'. */
    Optional<String> nameCollidingWith(String name) {
        if (!TopicNames.canCollide(name)) {
            return Optional.empty();
        }
        String other = collidingNames.get(TopicNames.collisionKey(name));
        return other == null || other.equals(name) ? Optional.empty() : Optional.of(other);
    }

    /** What is set on {@code resource} after the changes so far. */
    public Map<String, String> configs(ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.TOPIC) {
            return topic(resource.name()).map(TopicImage::configs).orElse(Map.of());
        }
        return configs.getOrDefault(resource, Map.of());
    }

    public SortedMap<Integer, BrokerInfo> brokers() {
        return Collections.unmodifiableSortedMap(brokers);
    }

    public int partitionCount() {
        return partitionCount;
    }

    /** The finished image. The draft must not be used again. */
    public ClusterImage seal(ImageVersion version) {
        return new ClusterImage(
                base.clusterId(),
                controllerId,
                version,
                Collections.unmodifiableSortedMap(brokers),
                new ClusterImage.Topics(topicsByName.seal(), topicsById.seal(), collidingNames.seal(), partitionCount),
                Collections.unmodifiableMap(configs));
    }

    private void put(TopicImage topic) {
        TopicImage before = topicsById.get(topic.id());
        partitionCount += topic.partitionCount() - (before == null ? 0 : before.partitionCount());
        topicsByName.put(topic.name(), topic);
        topicsById.put(topic.id(), topic);
        if (TopicNames.canCollide(topic.name())) {
            collidingNames.put(TopicNames.collisionKey(topic.name()), topic.name());
        }
    }

    private void delete(UUID topicId) {
        TopicImage before = topicsById.get(topicId);
        if (before == null) {
            return;
        }
        partitionCount -= before.partitionCount();
        topicsById.remove(topicId);
        TopicImage named = topicsByName.get(before.name());
        if (named != null && named.id().equals(topicId)) {
            topicsByName.remove(before.name()); // else the name is already that of a newer topic
            collidingNames.remove(TopicNames.collisionKey(before.name()));
        }
    }

    private void setConfigs(ImageEvent.ConfigsChanged changed) {
        Map<ConfigResource, Map<String, String>> copy = new TreeMap<>(configs); // seen in order by ImageDiff
        if (changed.configs().isEmpty()) {
            copy.remove(changed.resource());
        } else {
            copy.put(changed.resource(), changed.configs());
        }
        configs = copy;
    }
}
