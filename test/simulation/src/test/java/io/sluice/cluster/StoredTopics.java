package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The topics as they lie in the coordination store: what is decided, whoever may know of it already. */
public final class StoredTopics {
    private record Known(int topicVersion, int partitionsVersion, TopicImage topic) {}

    private final FakeCoordination tree;
    /** Read before, by id, to be decoded again only when changed. */
    private final Map<UUID, Known> known = new TreeMap<>();

    public StoredTopics(FakeCoordination tree) {
        this.tree = tree;
    }

    public List<TopicImage> all() {
        List<TopicImage> topics = new ArrayList<>();
        for (String name : names()) {
            UUID id = UUID.fromString(name);
            StoredNode topic = tree.get(StorePaths.topic(id));
            StoredNode partitions = tree.get(StorePaths.partitions(id));
            Known before = known.get(id);
            if (before == null
                    || before.topicVersion != topic.stat().version()
                    || before.partitionsVersion != partitions.stat().version()) {
                before = new Known(
                        topic.stat().version(),
                        partitions.stat().version(),
                        NodeCodec.topic(id, topic.data(), partitions.data()));
                known.put(id, before);
            }
            topics.add(before.topic);
        }
        return topics;
    }

    private List<String> names() {
        try {
            return tree.children(StorePaths.TOPICS);
        } catch (StoreException e) {
            return List.of(); // no cluster has been founded
        }
    }
}
