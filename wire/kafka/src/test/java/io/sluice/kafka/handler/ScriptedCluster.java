package io.sluice.kafka.handler;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ConfigEdit;
import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.Election;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.LostReplica;
import io.sluice.cluster.MorePartitions;
import io.sluice.cluster.NewTopic;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionMove;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.ProducerIdBlock;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.TopicRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A cluster of several brokers whose images the test writes. There is no controller: what is asked of it is refused. */
final class ScriptedCluster implements Cluster {
    private static final Outcome<Integer> NO_CONTROLLER =
            Outcome.refused(Refusal.NOT_CONTROLLER, "there is no controller");

    private final int brokerId;
    private final List<ImageListener> listeners = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile ClusterImage image = ClusterImage.empty("scripted");
    private Optional<Loop> loop = Optional.empty();

    /** @param brokerId the broker that sees the cluster through this */
    ScriptedCluster(int brokerId) {
        this.brokerId = brokerId;
    }

    int brokerId() {
        return brokerId;
    }

    void start(Loop control) {
        loop = Optional.of(control);
    }

    void register(int id, Endpoint endpoint) {
        publish(new ImageEvent.BrokerRegistered(
                new BrokerInfo(id, 100 + id, List.of(endpoint), Optional.of("r" + id))));
    }

    /** Changes the image, then tells the listeners. */
    void publish(ImageEvent... events) {
        ClusterImage before = image;
        ClusterImage after =
                before.draft().applyAll(List.of(events)).seal(before.version().next());
        image = after;
        ImageChange change = new ImageChange(before, after, List.of(events));
        loop.orElseThrow().execute(() -> listeners.forEach(listener -> listener.imageChanged(change)));
    }

    static TopicImage topic(String name, UUID id, PartitionImage... partitions) {
        return new TopicImage(id, name, Map.of(), List.of(partitions));
    }

    static PartitionImage partition(int leader, int leaderEpoch, int... replicas) {
        return new PartitionImage(leader, leaderEpoch, BrokerIds.of(replicas), BrokerIds.of(replicas), 1);
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public void addListener(ImageListener listener) {
        loop.orElseThrow().execute(() -> {
            listeners.add(listener);
            ClusterImage now = image;
            List<ImageEvent> events = Stream.concat(
                            now.brokers().values().stream().<ImageEvent>map(ImageEvent.BrokerRegistered::new),
                            now.topics().stream().<ImageEvent>map(ImageEvent.TopicCreated::new))
                    .toList();
            listener.imageChanged(new ImageChange(ClusterImage.empty(now.clusterId()), now, events));
        });
    }

    private static <T> CompletionStage<List<Outcome<T>>> refuse(List<?> requests) {
        return CompletableFuture.completedFuture(requests.stream()
                .map(request -> Outcome.<T>refused(Refusal.NOT_CONTROLLER, "there is no controller"))
                .toList());
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createTopics(List<NewTopic> topics, boolean validateOnly) {
        return refuse(topics);
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> ensureTopics(List<NewTopic> topics) {
        return refuse(topics);
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> deleteTopics(List<TopicRef> topics) {
        return refuse(topics);
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createPartitions(
            List<MorePartitions> requests, boolean validateOnly) {
        return refuse(requests);
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> editConfigs(
            Map<ConfigResource, List<ConfigEdit>> edits, boolean validateOnly) {
        return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> replaceConfigs(
            Map<ConfigResource, Map<String, String>> configs, boolean validateOnly) {
        return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds() {
        return CompletableFuture.completedFuture(Outcome.refused(Refusal.NOT_CONTROLLER, "there is no controller"));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> alterIsr(List<IsrChange> changes) {
        return refuse(changes);
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(List<LostReplica> lost) {
        return refuse(lost);
    }

    @Override
    public CompletionStage<Outcome<Integer>> reportRoom(boolean hasRoom) {
        return CompletableFuture.completedFuture(NO_CONTROLLER);
    }

    @Override
    public CompletionStage<Outcome<Integer>> leaveLeadership() {
        return CompletableFuture.completedFuture(NO_CONTROLLER);
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> electLeaders(
            Election election, List<PartitionRef> partitions) {
        asked.add(election + " " + partitions);
        return refuse(partitions);
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> reassign(List<PartitionMove> moves) {
        asked.add("reassign " + moves);
        return refuse(moves);
    }

    @Override
    public CompletionStage<Outcome<Integer>> unregisterBroker(int brokerId) {
        asked.add("unregister " + brokerId);
        return CompletableFuture.completedFuture(NO_CONTROLLER);
    }

    /** What was asked of the controller about where partitions are, in order. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public long brokerEpoch() {
        return 100 + brokerId;
    }
}
