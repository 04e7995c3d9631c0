package io.sluice.simulation;

import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import io.sluice.log.LogId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Looks at every replica, again and again, and holds what it finds against what was found before: see
 * {@link PartitionHistory}. Within one life of a broker, a replica's high watermark only rises and never passes its end.
 */
final class History {
    /** How far a replica was looked at. */
    private static final class Seen {
        final Partition partition;
        long highWatermark;
        long start;

        Seen(Partition partition) {
            this.partition = partition;
        }
    }

    private final World world;
    private final Map<LogId, PartitionHistory> partitions = new LinkedHashMap<>();
    private final Map<String, Seen> seen = new TreeMap<>();

    History(World world) {
        this.world = world;
    }

    /** A topic that is made anew has another id, and a history of its own. */
    PartitionHistory of(LogId partition) {
        return partitions.computeIfAbsent(partition, id -> new PartitionHistory(id, world));
    }

    /** A topic was deleted: nobody is owed anything of it any more. */
    void gone(UUID topicId) {
        partitions.forEach((id, history) -> {
            if (id.topicId().equals(topicId)) {
                history.gone();
            }
        });
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
                for (int i = 0; i < topic.count(); i++) {
                    Partition partition = topic.partition(i);
                    if (partition != null) {
                        look(broker, partition);
                    }
                }
            }
        });
    }

    /** Looks at those replicas that know more to be committed than when they were looked at last. */
    void lookAtNews(SimBroker broker) {
        Engine engine = broker.engine();
        if (engine == null) {
            return;
        }
        for (Partitions.Topic topic : engine.partitions().all()) {
            for (int i = 0; i < topic.count(); i++) {
                Partition partition = topic.partition(i);
                if (partition != null && hasNews(broker, partition)) {
                    broker.disk().observe(() -> look(broker, partition));
                }
            }
        }
    }

    private boolean hasNews(SimBroker broker, Partition partition) {
        Seen before = seen.get(key(broker, partition));
        return before == null || before.partition != partition || partition.highWatermark() > before.highWatermark;
    }

    private static String key(SimBroker broker, Partition partition) {
        return broker.host().name() + "/" + partition.id();
    }

    /** Looks at one replica. */
    void look(SimBroker broker, Partition partition) {
        String key = key(broker, partition);
        Seen before = known(key, partition);
        PartitionHistory history = of(partition.id());
        long highWatermark = partition.highWatermark();
        long end = partition.log().endOffset();
        beginsWhereItMay(key, partition, before, history);
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

    /** R11, S13: a log's start rises, within what may be deleted; one that is emptied to begin anew is another log. */
    private void beginsWhereItMay(String key, Partition partition, Seen before, PartitionHistory history) {
        long start = partition.log().startOffset();
        boolean begunAnew =
                !partition.leadership().leading() && start == partition.log().endOffset();
        if (begunAnew) {
            before.start = Math.min(before.start, start);
            before.highWatermark = Math.min(before.highWatermark, partition.highWatermark());
        }
        world.require(
                start >= before.start,
                () -> key + " r11: the log's start goes back from " + before.start + " to " + start);
        world.require(
                history.mayBeginAt(start),
                () -> key + " s13: the log begins at " + start + ", and nobody asked to delete so much");
        before.start = start;
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
        Partition partition =
                engine == null || world.losses().mayLack(member) ? null : Health.find(engine, leaders.id());
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
            long first = Math.max(from, partition.log().startOffset());
            LogCopy.read(partition.log(), first, to, entry -> history.below(entry, key));
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
