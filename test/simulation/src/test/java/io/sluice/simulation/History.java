package io.sluice.simulation;

import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks at every replica, again and again, and holds what it finds against what was found before: see
 * {@link PartitionHistory}. Within one life of a broker, a replica's high watermark only rises and never passes its end.
 */
final class History {
    /** How far a replica was looked at. */
    private static final class Seen {
        final Partition partition;
        long highWatermark;

        Seen(Partition partition) {
            this.partition = partition;
        }
    }

    private final World world;
    private final Map<String, PartitionHistory> partitions = new TreeMap<>();
    private final Map<String, Seen> seen = new TreeMap<>();

    History(World world) {
        this.world = world;
    }

    PartitionHistory of(String topic, int partition) {
        return partitions.computeIfAbsent(topic + "-" + partition, name -> new PartitionHistory(name, world));
    }

    Collection<PartitionHistory> all() {
        return partitions.values();
    }

    int acknowledged() {
        return partitions.values().stream()
                .mapToInt(PartitionHistory::acknowledged)
                .sum();
    }

    /** A broker's disk is not what it was. */
    void forget(SimBroker broker) {
        seen.keySet().removeIf(key -> key.startsWith(broker.host().name() + "/"));
    }

    /** Looks at all replicas of a broker. */
    void look(SimBroker broker) {
        Engine engine = broker.engine();
        if (engine == null) {
            return;
        }
        broker.disk().observe(() -> {
            for (Partitions.Topic topic : engine.partitions().all()) {
                if (topic.name().startsWith("__")) {
                    continue;
                }
                for (int i = 0; i < topic.count(); i++) {
                    Partition partition = topic.partition(i);
                    if (partition != null) {
                        look(broker, partition);
                    }
                }
            }
        });
    }

    /** Looks at one replica. */
    void look(SimBroker broker, Partition partition) {
        String key = broker.host().name() + "/" + partition.id();
        Seen before = known(key, partition);
        PartitionHistory history = of(partition.id().topic(), partition.id().partition());
        long highWatermark = partition.highWatermark();
        long end = partition.log().endOffset();
        world.require(highWatermark <= end, key + ": high watermark " + highWatermark + " is beyond the end " + end);
        world.require(
                highWatermark >= before.highWatermark,
                key + ": the high watermark goes back from " + before.highWatermark + " to " + highWatermark);
        if (partition.leadership().leading()) {
            history.leads(broker.id(), partition.leadership().epoch(), end);
            countsEverybody(key, broker, partition);
        }
        if (highWatermark > before.highWatermark) {
            history.committedIn(partition.leadership().epoch());
            if (!broker.disk().rotten()) {
                compare(key, partition, before.highWatermark, highWatermark, history);
            }
            before.highWatermark = highWatermark;
        }
    }

    /** R2: whoever the controller may elect next is among those that the leader's high watermark waits for. */
    private void countsEverybody(String key, SimBroker broker, Partition partition) {
        for (TopicImage topic : world.stored().all()) {
            if (topic.id().equals(partition.id().topicId())) {
                PartitionImage decided = topic.partitions().get(partition.id().partition());
                if (decided.isLedBy(broker.id())
                        && decided.leaderEpoch() == partition.leadership().epoch()) {
                    decided.isr().stream().forEach(id -> hasWhatIsCommitted(key, world.broker(id), partition));
                    LeaderView.countedFollowers(partition).ifPresent(counted -> decided.isr().stream()
                            .filter(id -> id != broker.id() && !counted.contains(id))
                            .forEach(id -> world.violated(key + " r2: broker " + id + " is in sync by " + decided
                                    + ", but the leader counts " + counted + " only")));
                }
            }
        }
    }

    /** R1, R8: what the leader takes for committed is on every replica that is in sync. */
    private void hasWhatIsCommitted(String key, SimBroker member, Partition leaders) {
        Engine engine = member.engine();
        Partition partition = engine == null || world.losses().mayLack(member)
                ? null
                : engine.partitions().find(leaders.id().topic(), leaders.id().partition());
        world.require(
                partition == null || partition.log().endOffset() >= leaders.highWatermark(),
                () -> key + " r8: high watermark " + leaders.highWatermark() + ", but " + member.host()
                        + ", which is in sync, ends at " + partition.log().endOffset());
    }

    private Seen known(String key, Partition partition) {
        Seen found = seen.get(key);
        if (found == null || found.partition != partition) {
            found = new Seen(partition);
            seen.put(key, found);
        }
        return found;
    }

    private void compare(String key, Partition partition, long from, long to, PartitionHistory history) {
        if (partition.log().failure().isPresent()) {
            return; // it serves nobody
        }
        try {
            LogCopy.read(partition.log(), from, to, entry -> history.below(entry, key));
        } catch (Exception e) {
            world.violated(key + " can't be read from " + from + " to " + to + ": " + e);
        }
    }

    /** At the end, when all is well: every replica again, from its first record, and nothing may be missing. */
    void lookAtEverything() {
        seen.clear();
        world.brokers().forEach(this::look);
        partitions.values().forEach(PartitionHistory::nothingIsMissing);
    }
}
