package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The topics as they lie in the coordination store: what is decided, whoever may know of it already. */
public final class StoredTopics {
    private StoredTopics() {}

    public static List<TopicImage> of(FakeCoordination tree) {
        List<TopicImage> topics = new ArrayList<>();
        for (String name : topicNodes(tree)) {
            UUID id = UUID.fromString(name);
            topics.add(NodeCodec.topic(
                    id,
                    tree.get(StorePaths.topic(id)).data(),
                    tree.get(StorePaths.partitions(id)).data()));
        }
        return topics;
    }

    private static List<String> topicNodes(FakeCoordination tree) {
        try {
            return tree.children(StorePaths.TOPICS);
        } catch (StoreException e) {
            return List.of(); // no cluster has been founded
        }
    }
}
