package io.sluice.engine;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionMove;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.BrokerGroupSettings;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the topic of group offsets the replicas that it should have, once there are brokers for them: a cluster's first
 * group may come before its last broker, and would be lost with the first one for ever after. The broker that is
 * controller asks for it, by moves as anybody could (R21). Owned by one loop; hears of images on any thread.
 */
final class OffsetsTopicReplicas implements ImageListener {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetsTopicReplicas.class);
    private static final long ASK_AGAIN_MS = 10_000;

    private final Loop loop;
    private final int self;
    private final Cluster cluster;
    private final Supplier<SettingLayers> settings;

    private boolean underWay;
    private @Nullable Cancellable again;

    OffsetsTopicReplicas(Loop loop, int self, Cluster cluster, Supplier<SettingLayers> settings) {
        this.loop = loop;
        this.self = self;
        this.cluster = cluster;
        this.settings = settings;
    }

    @Override
    public void imageChanged(ImageChange change) {
        if (change.after().controllerId() == self
                && change.events().stream().anyMatch(OffsetsTopicReplicas::mayMakeRoom)) {
            loop.execute(this::look);
        }
    }

    private static boolean mayMakeRoom(ImageEvent event) {
        return event instanceof ImageEvent.BrokerRegistered
                || event instanceof ImageEvent.ControllerChanged
                || event instanceof ImageEvent.TopicCreated
                || event instanceof ImageEvent.ConfigsChanged;
    }

    private void look() {
        ClusterImage image = cluster.image();
        if (underWay || again != null || image.controllerId() != self) {
            return;
        }
        int wanted = settings.get().get(BrokerGroupSettings.OFFSETS_TOPIC_REPLICATION_FACTOR);
        List<PartitionMove> moves = moves(image, wanted);
        if (moves.isEmpty()) {
            return;
        }
        underWay = true;
        LOG.info("msg=\"offsets topic gets more replicas\" partitions={} wanted={}", moves.size(), wanted);
        cluster.reassign(moves)
                .whenComplete((outcomes, failure) -> loop.execute(() -> {
                    underWay = false;
                    boolean all = failure == null && outcomes.stream().allMatch(Outcome::isDone);
                    if (all) {
                        look();
                    } else {
                        again = loop.schedule(ASK_AGAIN_MS, () -> {
                            again = null;
                            look();
                        });
                    }
                }));
    }

    /** What gives each partition of the topic {@code wanted} replicas, or as many as there are brokers for. */
    static List<PartitionMove> moves(ClusterImage image, int wanted) {
        Optional<TopicImage> topic = image.topic(InternalTopics.OFFSETS);
        if (topic.isEmpty()) {
            return List.of();
        }
        List<BrokerInfo> candidates = image.brokers().values().stream()
                .filter(broker -> broker.isServing() && !isCordoned(image, broker.id()))
                .toList();
        Map<Integer, Integer> replicas = new HashMap<>();
        for (PartitionImage partition : topic.get().partitions()) {
            partition.replicas().forEach(broker -> replicas.merge(broker, 1, Integer::sum));
        }
        List<PartitionMove> moves = new ArrayList<>();
        for (int i = 0; i < topic.get().partitionCount(); i++) {
            PartitionImage partition = topic.get().partitions().get(i);
            BrokerIds target = partition.replicas();
            Optional<BrokerInfo> next = next(image, candidates, target, replicas);
            while (target.size() < wanted && next.isPresent()) {
                replicas.merge(next.get().id(), 1, Integer::sum);
                target = target.with(next.get().id());
                next = next(image, candidates, target, replicas);
            }
            if (target.size() > partition.replicas().size()
                    && !partition.reassignment().isUnderWay()) {
                moves.add(new PartitionMove(new PartitionRef(InternalTopics.OFFSETS, i), Optional.of(target)));
            }
        }
        return moves;
    }

    private static boolean isCordoned(ClusterImage image, int broker) {
        return SettingLayers.ofBroker(broker, Map.of(), image).get(BrokerClusterSettings.CORDONED);
    }

    /** In a rack that has none yet, if there is one; else who has fewest. */
    private static Optional<BrokerInfo> next(
            ClusterImage image, List<BrokerInfo> candidates, BrokerIds present, Map<Integer, Integer> replicas) {
        List<Optional<String>> racks = present.stream()
                .map(id -> image.broker(id).flatMap(BrokerInfo::rack))
                .filter(Optional::isPresent)
                .toList();
        return candidates.stream()
                .filter(broker -> !present.has(broker.id()))
                .min(Comparator.<BrokerInfo>comparingInt(broker -> racks.contains(broker.rack()) ? 1 : 0)
                        .thenComparingInt(broker -> replicas.getOrDefault(broker.id(), 0))
                        .thenComparingInt(BrokerInfo::id));
    }
}
