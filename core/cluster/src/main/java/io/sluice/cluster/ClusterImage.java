package io.sluice.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The whole cluster at one moment, as the controller published it. Immutable and swapped whole, so any thread may read
 * it without a lock and sees brokers, topics and settings that belong together.
 *
 * <p>Lookups are one hash step. A changed copy is made through {@link ImageDraft} and costs what the change touches,
 * not what the cluster holds.
 */
public final class ClusterImage {
    /** Nobody is known to be controller. */
    public static final int NO_CONTROLLER = -1;

    private final String clusterId;
    private final int controllerId;
    private final ImageVersion version;
    private final SortedMap<Integer, BrokerInfo> brokers;
    private final ShardedMap<String, TopicImage> topicsByName;
    private final ShardedMap<UUID, TopicImage> topicsById;
    private final ShardedMap<String, String> collidingNames;
    private final Map<ConfigResource, Map<String, String>> configs;
    private final int partitionCount;

    ClusterImage(
            String clusterId,
            int controllerId,
            ImageVersion version,
            SortedMap<Integer, BrokerInfo> brokers,
            Topics topics,
            Map<ConfigResource, Map<String, String>> configs) {
        this.clusterId = clusterId;
        this.controllerId = controllerId;
        this.version = version;
        this.brokers = brokers;
        this.topicsByName = topics.byName;
        this.topicsById = topics.byId;
        this.collidingNames = topics.collidingNames;
        this.partitionCount = topics.partitionCount;
        this.configs = configs;
    }

    /**
     * The topics by all that they are looked up by, kept together.
     *
     * @param collidingNames names by their {@link TopicNames#collisionKey}, of those that can collide
     */
    record Topics(
            ShardedMap<String, TopicImage> byName,
            ShardedMap<UUID, TopicImage> byId,
            ShardedMap<String, String> collidingNames,
            int partitionCount) {}

    /** An image of nothing, to start from. */
    public static ClusterImage empty(String clusterId) {
        return new ClusterImage(
                clusterId,
                NO_CONTROLLER,
                ImageVersion.NONE,
                Collections.unmodifiableSortedMap(new TreeMap<>()),
                new Topics(ShardedMap.empty(), ShardedMap.empty(), ShardedMap.empty(), 0),
                Map.of());
    }

    /** Starts a changed copy; this image stays as it is. */
    public ImageDraft draft() {
        return new ImageDraft(this);
    }

    public String clusterId() {
        return clusterId;
    }

    /** The broker that is controller, or {@link #NO_CONTROLLER}. */
    public int controllerId() {
        return controllerId;
    }

    public int controllerEpoch() {
        return version.controllerEpoch();
    }

    public ImageVersion version() {
        return version;
    }

    /** The live brokers by id, in order of id. */
    public SortedMap<Integer, BrokerInfo> brokers() {
        return brokers;
    }

    public Optional<BrokerInfo> broker(int id) {
        return Optional.ofNullable(brokers.get(id));
    }

    public Optional<TopicImage> topic(String name) {
        return Optional.ofNullable(topicsByName.get(name));
    }

    public Optional<TopicImage> topic(UUID id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    public Optional<PartitionImage> partition(String topic, int index) {
        TopicImage found = topicsByName.get(topic);
        return found == null ? Optional.empty() : found.partition(index);
    }

    /** A fresh list of all topics, in no particular order that a caller may rely on. */
    public List<TopicImage> topics() {
        List<TopicImage> all = new ArrayList<>(topicsByName.size());
        topicsByName.addValuesTo(all);
        return all;
    }

    public int topicCount() {
        return topicsByName.size();
    }

    public int partitionCount() {
        return partitionCount;
    }

    /** What was set at run time on {@code resource}; a topic's are those of {@link TopicImage#configs}. */
    public Map<String, String> configs(ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.TOPIC) {
            TopicImage topic = topicsByName.get(resource.name());
            return topic == null ? Map.of() : topic.configs();
        }
        return configs.getOrDefault(resource, Map.of());
    }

    /** The brokers and groups that have settings of their own, and what is set. Topics are not among them. */
    public Map<ConfigResource, Map<String, String>> configs() {
        return configs;
    }

    Topics topicMaps() {
        return new Topics(topicsByName, topicsById, collidingNames, partitionCount);
    }

    @Override
    public String toString() {
        return "ClusterImage[cluster=" + clusterId + ", version=" + version + ", controller=" + controllerId
                + ", brokers=" + brokers.keySet() + ", topics=" + topicCount() + ", partitions=" + partitionCount + "]";
    }
}
