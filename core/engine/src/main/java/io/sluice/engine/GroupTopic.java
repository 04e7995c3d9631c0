package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.NewTopic;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.BrokerGroupSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.engine.group.CoordinatorLog;
import io.sluice.engine.group.OffsetsTopic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The offsets topic: created when the first group is looked for, then one coordinator log per partition. */
final class GroupTopic implements OffsetsTopic {
    private final Cluster cluster;
    private final PartitionHost host;
    private final Partitions partitions;
    private final Workers workers;
    private final Supplier<SettingLayers> settings;

    GroupTopic(
            Cluster cluster,
            PartitionHost host,
            Partitions partitions,
            Workers workers,
            Supplier<SettingLayers> settings) {
        this.cluster = cluster;
        this.host = host;
        this.partitions = partitions;
        this.workers = workers;
        this.settings = settings;
    }

    @Override
    public int partitions() {
        return cluster.image()
                .topic(InternalTopics.OFFSETS)
                .map(TopicImage::partitionCount)
                .orElseGet(() -> settings.get().get(BrokerGroupSettings.OFFSETS_TOPIC_NUM_PARTITIONS));
    }

    @Override
    public CompletionStage<Void> ensureCreated() {
        TopicImage existing = cluster.image().topic(InternalTopics.OFFSETS).orElse(null);
        if (existing != null) {
            return host.whenReady(existing.id());
        }
        int wanted = settings.get().get(BrokerGroupSettings.OFFSETS_TOPIC_REPLICATION_FACTOR);
        return create(wanted).thenCompose(outcome -> {
            if (outcome instanceof Outcome.Refused<TopicImage> refused) {
                return CompletableFuture.failedStage(new IllegalStateException(refused.message()));
            }
            return host.whenReady(((Outcome.Done<TopicImage>) outcome).value().id());
        });
    }

    /**
     * A cluster smaller than the wanted replication starts with as many replicas as it has brokers. That it is smaller
     * only the controller can say: brokers that are away for the moment count, too.
     */
    private CompletionStage<Outcome<TopicImage>> create(int replicas) {
        return cluster.ensureTopics(List.of(newTopic(replicas))).thenCompose(outcomes -> {
            Outcome<TopicImage> outcome = outcomes.get(0);
            boolean tooMany = outcome instanceof Outcome.Refused<TopicImage> refused
                    && refused.reason() == Refusal.INVALID_REPLICATION_FACTOR
                    && replicas > 1;
            int live = Math.max(1, cluster.image().brokers().size());
            return tooMany ? create(Math.min(replicas - 1, live)) : CompletableFuture.completedStage(outcome);
        });
    }

    private NewTopic newTopic(int replicas) {
        SettingLayers now = settings.get();
        return new NewTopic(
                InternalTopics.OFFSETS,
                now.get(BrokerGroupSettings.OFFSETS_TOPIC_NUM_PARTITIONS),
                replicas,
                List.of(),
                Map.of(
                        "cleanup.policy", "compact",
                        "compression.type", "producer",
                        "segment.bytes", String.valueOf(now.get(BrokerGroupSettings.OFFSETS_TOPIC_SEGMENT_BYTES))));
    }

    @Override
    public Loop loop(int partition) {
        return led(partition).home();
    }

    @Override
    public CoordinatorLog log(int partition) {
        return new GroupLog(led(partition), workers, settings.get().get(BrokerGroupSettings.OFFSETS_COMMIT_TIMEOUT_MS));
    }

    private Partition led(int index) {
        Partition found = partitions.find(InternalTopics.OFFSETS, index);
        if (found == null) {
            throw new IllegalStateException(InternalTopics.OFFSETS + "-" + index + " is not held by this broker");
        }
        return found;
    }
}
