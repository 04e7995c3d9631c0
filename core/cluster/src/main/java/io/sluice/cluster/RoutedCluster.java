package io.sluice.cluster;

import io.sluice.base.Loop;
import io.sluice.cluster.ClusterCalls.ElectionOf;
import io.sluice.cluster.ClusterCalls.Nothing;
import io.sluice.cluster.ClusterCalls.Trial;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@link Cluster} on any node: what the controller must do is done here while this node is controller, else sent to the
 * broker that is. Which of the two is decided on the control loop when the call gets there.
 */
final class RoutedCluster implements Cluster {
    private final Loop loop;
    private final ImageFeed feed;
    private final Self self;
    private final ControllerRequests local;
    private final ForwardedCalls remote;

    RoutedCluster(Loop loop, ImageFeed feed, Self self, ControllerRequests local, ForwardedCalls remote) {
        this.loop = loop;
        this.feed = feed;
        this.self = self;
        this.local = local;
        this.remote = remote;
    }

    private <Q, A> CompletionStage<A> route(ClusterCall<Q, A> call, Q request) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        loop.run(() -> {
            if (local.isActive()) {
                call.carryOut().by(local, self.asker(), request).thenAccept(answer::complete);
            } else {
                remote.send(call, request, answer::complete);
            }
        });
        return answer;
    }

    @Override
    public ClusterImage image() {
        return feed.image();
    }

    @Override
    public void addListener(ImageListener listener) {
        feed.addListener(listener);
    }

    @Override
    public long brokerEpoch() {
        return self.brokerEpoch();
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createTopics(List<NewTopic> topics, boolean validateOnly) {
        return route(ClusterCalls.CREATE_TOPICS, new Trial<>(List.copyOf(topics), validateOnly));
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> ensureTopics(List<NewTopic> topics) {
        return route(ClusterCalls.ENSURE_TOPICS, new Trial<>(List.copyOf(topics), false));
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> deleteTopics(List<TopicRef> topics) {
        return route(ClusterCalls.DELETE_TOPICS, new Trial<>(List.copyOf(topics), false));
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createPartitions(
            List<MorePartitions> requests, boolean validateOnly) {
        return route(ClusterCalls.CREATE_PARTITIONS, new Trial<>(List.copyOf(requests), validateOnly));
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> editConfigs(
            Map<ConfigResource, List<ConfigEdit>> edits, boolean validateOnly) {
        return route(ClusterCalls.EDIT_CONFIGS, new Trial<>(copyInOrder(edits), validateOnly));
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> replaceConfigs(
            Map<ConfigResource, Map<String, String>> configs, boolean validateOnly) {
        return route(ClusterCalls.REPLACE_CONFIGS, new Trial<>(copyInOrder(configs), validateOnly));
    }

    @Override
    public CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds() {
        return route(ClusterCalls.ALLOCATE_PRODUCER_IDS, new Nothing());
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> alterIsr(List<IsrChange> changes) {
        return route(ClusterCalls.ALTER_ISR, new Trial<>(List.copyOf(changes), false));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(List<LostReplica> lost) {
        return route(ClusterCalls.GIVE_UP_REPLICAS, new Trial<>(List.copyOf(lost), false));
    }

    @Override
    public CompletionStage<Outcome<Integer>> leaveLeadership() {
        return route(ClusterCalls.LEAVE_LEADERSHIP, new Nothing());
    }

    @Override
    public CompletionStage<Outcome<Integer>> reportRoom(boolean hasRoom) {
        return route(ClusterCalls.REPORT_ROOM, hasRoom);
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> electLeaders(
            Election election, List<PartitionRef> partitions) {
        return route(ClusterCalls.ELECT_LEADERS, new ElectionOf(election, List.copyOf(partitions)));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> reassign(List<PartitionMove> moves) {
        return route(ClusterCalls.REASSIGN, new Trial<>(List.copyOf(moves), false));
    }

    @Override
    public CompletionStage<Outcome<Integer>> unregisterBroker(int brokerId) {
        return route(ClusterCalls.UNREGISTER_BROKER, brokerId);
    }

    private static <T> Map<ConfigResource, T> copyInOrder(Map<ConfigResource, T> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
