package io.sluice.simulation;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.Election;
import io.sluice.cluster.NewTopic;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionMove;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.TopicRef;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.PartitionQueries.Found;
import io.sluice.log.LogId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Who looks after the cluster: makes topics, deletes them and makes them anew, deletes records, moves partitions, asks for
 * elections; through any broker that serves. What it has begun with a topic it brings to its end, however often it is
 * refused.
 */
final class Operator {
    private static final String OFFSETS = "__consumer_offsets";
    private static final long AGAIN = 200 * Simulation.MILLIS;
    private static final long DELETE_WITHIN_MS = 5_000;

    private final World world;
    private final Clients clients;
    private final Chance chance;
    /** Topics that are being made, or deleted to be made anew. */
    private final TreeSet<String> underWay = new TreeSet<>();
    /** The topics that are there by its will. */
    private final TreeMap<String, UUID> wanted = new TreeMap<>();

    Operator(World world, Clients clients) {
        this.world = world;
        this.clients = clients;
        this.chance = world.simulation().chance("operator");
    }

    /** R18: whatever was made, and is not being made anew, is there. */
    void verify() {
        wanted.forEach((name, id) -> world.require(
                underWay.contains(name) || world.stored().find(id).isPresent(),
                () -> "r18: topic " + name + " " + id + " is gone, and nobody has asked for that in this term"));
    }

    /** Whether every topic is there that is meant to be. */
    boolean isDone() {
        return underWay.isEmpty();
    }

    /** Makes a topic, and its clients with it. */
    void create(RunOptions.Topic topic) {
        underWay.add(topic.name());
        createUntilThere(topic, chance.between(1_500, 20_000));
    }

    private void createUntilThere(RunOptions.Topic topic, int segmentBytes) {
        Optional<TopicImage> made = world.stored().find(topic.name());
        if (made.isPresent()) {
            underWay.remove(topic.name());
            wanted.put(topic.name(), made.get().id());
            clients.begin(made.get());
            return;
        }
        Engine engine = chance.of(world.brokers()).engine();
        if (engine != null) {
            NewTopic wanted = new NewTopic(
                    topic.name(), topic.partitions(), topic.replicas(), List.of(), topic.settings(segmentBytes));
            engine.cluster().createTopics(List.of(wanted), false);
        }
        again(() -> createUntilThere(topic, segmentBytes));
    }

    /** Has the offsets topic made, and groups that commit. */
    void createOffsetsTopic() {
        underWay.add(OFFSETS);
        offsetsUntilThere();
    }

    private void offsetsUntilThere() {
        Optional<TopicImage> made = world.stored().find(OFFSETS);
        if (made.isPresent()) {
            underWay.remove(OFFSETS);
            clients.beginGroups(made.get());
            return;
        }
        Engine engine = chance.of(world.brokers()).engine();
        if (engine != null) {
            engine.groups().findPartition("any");
        }
        again(this::offsetsUntilThere);
    }

    /** R22: deletes a topic, and makes another one of the same name. */
    boolean recreate() {
        RunOptions.Topic topic = chance.of(world.options().topics());
        Optional<TopicImage> old = world.stored().find(topic.name());
        if (old.isEmpty() || !underWay.add(topic.name())) {
            return false;
        }
        say("makes topic " + topic.name() + " anew, which was " + old.get().id());
        deleteUntilGone(topic, old.get().id());
        return true;
    }

    private void deleteUntilGone(RunOptions.Topic topic, UUID old) {
        if (world.stored().find(old).isEmpty()) {
            world.history().gone(old);
            clients.retire(old);
            createUntilThere(topic, chance.between(1_500, 20_000));
            return;
        }
        Engine engine = chance.of(world.brokers()).engine();
        if (engine != null) {
            // By its id: what became of an earlier attempt may not be known, and a name would mean the next topic, too.
            engine.cluster().deleteTopics(List.of(TopicRef.id(old)));
        }
        again(() -> deleteUntilGone(topic, old));
    }

    private void again(Runnable task) {
        world.simulation().after(AGAIN, 0, "operator", task);
    }

    /** R21: a partition moves to other brokers. */
    boolean move() {
        Optional<LogId> some = somePartition();
        Engine engine = chance.of(world.brokers()).engine();
        if (engine == null || some.isEmpty()) {
            return false;
        }
        PartitionImage decided = decided(some.get());
        List<Integer> all = new ArrayList<>();
        world.brokers().forEach(broker -> all.add(broker.id()));
        BrokerIds target = BrokerIds.of();
        while (target.size() < decided.replicas().size() && !all.isEmpty()) {
            Integer next = chance.of(all);
            all.remove(next);
            target = target.with(next);
        }
        say("moves " + some.get() + " to " + target);
        engine.cluster()
                .reassign(List.of(new PartitionMove(ref(some.get()), Optional.of(target))))
                .thenAccept(outcomes -> say("move: " + outcomes.get(0)));
        return true;
    }

    /** R20: the preferred leader shall lead again. */
    boolean electPreferred() {
        Optional<LogId> some = somePartition();
        Engine engine = chance.of(world.brokers()).engine();
        if (engine == null || some.isEmpty()) {
            return false;
        }
        say("wants the preferred leader of " + some.get());
        engine.cluster()
                .electLeaders(Election.PREFERRED, List.of(ref(some.get())))
                .thenAccept(outcomes -> say("election: " + outcomes.get(0)));
        return true;
    }

    /** R11: records below some committed offset are not wanted any more. */
    boolean deleteRecords() {
        Optional<LogId> some = someUsers();
        return some.isPresent() && deleteRecords(some.get(), false);
    }

    /** @param all whether up to the high watermark, or to somewhere before */
    boolean deleteRecords(LogId id, boolean all) {
        PartitionImage decided = decided(id);
        Engine engine =
                decided.isOffline() ? null : world.broker(decided.leader()).engine();
        Partition partition = engine == null ? null : Health.find(engine, id);
        if (engine == null || partition == null || !partition.leadership().leading()) {
            return false;
        }
        SimBroker leader = world.broker(decided.leader());
        leader.disk().observe(() -> world.history().look(leader, partition));
        long from = partition.startOffset();
        long to = all ? partition.highWatermark() : chance.between(from, partition.highWatermark());
        PartitionHistory history = world.history().of(id);
        say("deletes the records of " + id + " before " + to + " of " + from + " to " + partition.highWatermark());
        history.deletionAsked(to);
        engine.queries().deleteRecordsBefore(partition, to, DELETE_WITHIN_MS).thenAccept(found -> {
            say("deletion: " + found);
            if (found instanceof Found.Value<Long> lowWatermark) {
                history.deleted(lowWatermark.value(), isWhole(id));
            }
        });
        return true;
    }

    private Optional<LogId> somePartition() {
        List<TopicImage> topics = world.stored().all();
        return topics.isEmpty() ? Optional.empty() : Optional.of(some(chance.of(topics)));
    }

    private Optional<LogId> someUsers() {
        return world.stored().find(chance.of(world.options().topics()).name()).map(this::some);
    }

    private LogId some(TopicImage topic) {
        return new LogId(topic.id(), topic.name(), chance.below(topic.partitionCount()));
    }

    private PartitionImage decided(LogId id) {
        return world.stored().find(id.topicId()).orElseThrow().partitions().get(id.partition());
    }

    private boolean isWhole(LogId id) {
        return world.stored()
                .find(id.topicId())
                .flatMap(topic -> topic.partition(id.partition()))
                .filter(decided -> decided.isr().size() == decided.replicas().size())
                .isPresent();
    }

    private static PartitionRef ref(LogId id) {
        return new PartitionRef(id.topic(), id.partition());
    }

    private void say(String what) {
        world.simulation().say("operator", what);
    }
}
