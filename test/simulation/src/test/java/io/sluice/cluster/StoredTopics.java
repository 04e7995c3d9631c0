package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** The topic of this name, if it is decided that there is one. */
    public Optional<TopicImage> find(String name) {
        return all().stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    public Optional<TopicImage> find(UUID id) {
        return all().stream().filter(topic -> topic.id().equals(id)).findFirst();
    }

    /** The term of the controller that was elected last; 0 before the first. */
    public int controllerEpoch() {
        try {
            return Integer.parseInt(
                    NodeCodec.plain(tree.get(StorePaths.CONTROLLER_EPOCH).data()));
        } catch (StoreException e) {
            return 0; // no cluster has been founded
        }
    }

    /** Has another election held, as somebody does who takes the controller's node away. */
    public void deposeController() {
        try {
            tree.delete(StorePaths.CONTROLLER, StoreOp.ANY_VERSION);
        } catch (StoreException e) {
            // An election is under way as it is.
        }
    }

    private List<String> names() {
        try {
            return tree.children(StorePaths.TOPICS);
        } catch (StoreException e) {
            return List.of(); // no cluster has been founded
        }
    }
}
