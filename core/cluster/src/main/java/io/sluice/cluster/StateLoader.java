package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads the whole state out of the coordination store, as a controller does once it is elected. Requests are sent
 * without waiting for one another, so the time is that of three round trips and of the bytes. Runs on the control loop.
 */
final class StateLoader {
    private final CoordinationStore store;

    StateLoader(CoordinationStore store) {
        this.store = store;
    }

    /** What the store holds, besides what the election told. */
    record State(
            List<TopicImage> topics,
            Map<ConfigResource, Map<String, String>> configs,
            NotedEpochs notedEpochs,
            long nextProducerId) {}

    CompletionStage<State> load() {
        CompletionStage<List<TopicImage>> topics =
                store.children(StorePaths.TOPICS).thenCompose(this::topics);
        CompletionStage<Map<ConfigResource, Map<String, String>>> configs = store.children(StorePaths.BROKER_CONFIGS)
                .thenCombine(store.children(StorePaths.GROUP_CONFIGS), StateLoader::resources)
                .thenCompose(this::configs);
        CompletionStage<Long> producerIds =
                store.get(StorePaths.PRODUCER_IDS).thenApply(node -> NodeCodec.producerIds(node.data()));
        CompletionStage<NotedEpochs> epochs = notedEpochs();
        return topics.thenCombine(configs, (t, c) -> new State(t, c, NotedEpochs.NONE, 0))
                .thenCombine(epochs, (state, noted) -> new State(state.topics(), state.configs(), noted, 0))
                .thenCombine(
                        producerIds,
                        (state, next) -> new State(state.topics(), state.configs(), state.notedEpochs(), next));
    }

    /** A store that a version without replication founded has no place for these yet. */
    private CompletionStage<NotedEpochs> notedEpochs() {
        return ifThere(store.get(StorePaths.BROKER_EPOCHS)).thenCompose(folder -> {
            if (folder.isEmpty()) {
                return CompletableFuture.completedStage(NotedEpochs.NONE);
            }
            return store.children(StorePaths.BROKER_EPOCHS).thenCompose(ids -> {
                List<CompletionStage<StoredNode>> reads = new ArrayList<>(ids.size());
                ids.forEach(id -> reads.add(store.get(StorePaths.BROKER_EPOCHS + "/" + id)));
                return all(reads).thenApply(nodes -> noted(ids, nodes));
            });
        });
    }

    private static NotedEpochs noted(List<String> ids, List<StoredNode> nodes) {
        NotedEpochs noted = NotedEpochs.EMPTY;
        for (int i = 0; i < ids.size(); i++) {
            noted = noted.with(
                    Integer.parseInt(ids.get(i)),
                    NodeCodec.notedEpoch(nodes.get(i).data()));
        }
        return noted;
    }

    /** The live brokers; {@code watch} is called once when one comes or goes. */
    CompletionStage<List<BrokerInfo>> brokers(Runnable watch) {
        return store.children(StorePaths.BROKER_IDS, watch).thenCompose(ids -> {
            List<CompletionStage<Optional<BrokerInfo>>> reads = new ArrayList<>(ids.size());
            for (String id : ids) {
                reads.add(ifThere(store.get(StorePaths.BROKER_IDS + "/" + id))
                        .thenApply(node -> node.map(found -> broker(Integer.parseInt(id), found))));
            }
            return all(reads)
                    .thenApply(found -> found.stream().flatMap(Optional::stream).toList());
        });
    }

    private CompletionStage<List<TopicImage>> topics(List<String> children) {
        List<CompletionStage<List<TopicImage>>> reads = new ArrayList<>();
        int step = CoordinationStore.MAX_READ_AT_ONCE / 2;
        for (int from = 0; from < children.size(); from += step) {
            List<UUID> ids = children.subList(from, Math.min(children.size(), from + step)).stream()
                    .map(UUID::fromString)
                    .toList();
            List<String> paths = new ArrayList<>(2 * ids.size());
            for (UUID id : ids) {
                paths.add(StorePaths.topic(id));
                paths.add(StorePaths.partitions(id));
            }
            reads.add(store.getAll(paths).thenApply(nodes -> decode(ids, nodes)));
        }
        return all(reads)
                .thenApply(parts -> parts.stream().flatMap(List::stream).toList());
    }

    private static List<TopicImage> decode(List<UUID> ids, List<Optional<StoredNode>> nodes) {
        List<TopicImage> topics = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            Optional<StoredNode> topic = nodes.get(2 * i);
            Optional<StoredNode> partitions = nodes.get(2 * i + 1);
            if (topic.isEmpty() || partitions.isEmpty()) {
                // Only a controller deletes topics, and whoever reads this has just replaced it.
                throw new StoreException(StoreFailure.NO_NODE, "topic " + ids.get(i) + " went while it was read");
            }
            topics.add(NodeCodec.topic(
                    ids.get(i), topic.get().data(), partitions.get().data()));
        }
        return topics;
    }

    private CompletionStage<Map<ConfigResource, Map<String, String>>> configs(List<ConfigResource> resources) {
        Map<ConfigResource, Map<String, String>> found = new TreeMap<>(
                java.util.Comparator.comparing(ConfigResource::type).thenComparing(ConfigResource::name));
        List<CompletionStage<Boolean>> reads = new ArrayList<>(resources.size());
        for (ConfigResource resource : resources) {
            reads.add(store.get(StorePaths.config(resource)).thenApply(node -> {
                found.put(resource, NodeCodec.configs(node.data()));
                return true;
            }));
        }
        return all(reads).thenApply(done -> found);
    }

    private static List<ConfigResource> resources(List<String> brokers, List<String> groups) {
        List<ConfigResource> all = new ArrayList<>(brokers.size() + groups.size());
        brokers.forEach(child -> all.add(StorePaths.brokerResource(child)));
        groups.forEach(child -> all.add(StorePaths.groupResource(child)));
        return all;
    }

    static BrokerInfo broker(int id, StoredNode node) {
        NodeCodec.Registration registration = NodeCodec.registration(node.data());
        return new BrokerInfo(
                id,
                node.stat().createdBy(),
                registration.endpoints(),
                registration.rack(),
                registration.proven(),
                registration.level(),
                registration.minInSync(),
                BrokerInfo.Condition.SERVING);
    }

    /** Empty where the node is not there. */
    static CompletionStage<Optional<StoredNode>> ifThere(CompletionStage<StoredNode> read) {
        return read.handle((node, failure) -> {
            if (failure == null) {
                return Optional.of(node);
            }
            StoreException why = StoreException.in(failure);
            if (why.failure() == StoreFailure.NO_NODE) {
                return Optional.empty();
            }
            throw why;
        });
    }

    private static <T> CompletionStage<List<T>> all(List<CompletionStage<T>> stages) {
        CompletableFuture<?>[] futures =
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(futures).thenApply(done -> stages.stream()
                .map(stage -> stage.toCompletableFuture().join())
                .toList());
    }
}
