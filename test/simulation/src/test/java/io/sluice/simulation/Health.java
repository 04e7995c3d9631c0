package io.sluice.simulation;

import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import io.sluice.log.LogId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a cluster is as it should be when nothing is wrong with its machines. */
final class Health {
    private Health() {}

    /** What is not well; empty when every broker serves and every replica is in sync and has everything. */
    static Optional<String> trouble(World world) {
        for (SimBroker broker : world.brokers()) {
            if (broker.engine() == null) {
                return Optional.of(broker.host() + " does not serve");
            }
        }
        for (TopicImage topic : world.stored().all()) {
            for (int i = 0; i < topic.partitionCount(); i++) {
                Optional<String> trouble = trouble(world, topic, i);
                if (trouble.isPresent()) {
                    return trouble;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> trouble(World world, TopicImage topic, int index) {
        String name = topic.name() + "-" + index;
        PartitionImage decided = topic.partitions().get(index);
        if (decided.isOffline() || decided.isr().size() < decided.replicas().size()) {
            return Optional.of(name + " is " + decided);
        }
        LogId id = new LogId(topic.id(), topic.name(), index);
        Partition leader = find(world.broker(decided.leader()), id);
        if (leader == null || !leader.leadership().leading()) {
            return Optional.of(name + " is not led by broker " + decided.leader());
        }
        long end = leader.log().endOffset();
        for (SimBroker broker : world.brokers()) {
            if (decided.replicas().contains(broker.id())) {
                Partition replica = find(broker, id);
                if (replica == null || replica.log().endOffset() != end || replica.highWatermark() != end) {
                    return Optional.of(name + " ends at " + end + ", but on " + broker.host() + " it is "
                            + (replica == null
                                    ? "missing"
                                    : replica.highWatermark() + "/"
                                            + replica.log().endOffset()));
                }
                long start = Math.max(
                        leader.log().startOffset(), world.history().of(id).deletedTo());
                if (replica.log().startOffset() < start) {
                    return Optional.of(name + " begins at " + start + ", but on " + broker.host() + " at "
                            + replica.log().startOffset());
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable Partition find(SimBroker broker, LogId id) {
        Engine engine = broker.engine();
        return engine == null ? null : find(engine, id);
    }

    static @Nullable Partition find(Engine engine, LogId id) {
        Partitions.Topic topic = engine.partitions().topic(id.topicId());
        return topic == null ? null : topic.partition(id.partition());
    }

    /** Whether all replicas are in sync, as was decided, and have all that is committed, as their logs show. */
    static boolean allHaveEverything(World world) {
        world.brokers().forEach(world.history()::look);
        return world.stored().all().stream().allMatch(topic -> {
            for (int i = 0; i < topic.partitionCount(); i++) {
                if (!allHaveEverything(world, topic, i)) {
                    return false;
                }
            }
            return true;
        });
    }

    private static boolean allHaveEverything(World world, TopicImage topic, int index) {
        PartitionImage decided = topic.partitions().get(index);
        LogId partition = new LogId(topic.id(), topic.name(), index);
        long committed = world.history().of(partition).size();
        return decided.isr().size() == decided.replicas().size()
                && decided.replicas().stream().allMatch(id -> {
                    Partition replica = find(world.broker(id), partition);
                    return replica != null && replica.log().endOffset() >= committed;
                });
    }
}
