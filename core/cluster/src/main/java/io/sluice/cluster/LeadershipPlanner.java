package io.sluice.cluster;

import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Decides who leads where nobody has failed: when a broker means to leave, when an election is asked for, and when leaders
 * have gathered on few brokers. Pure functions from the image so far to plans.
 */
final class LeadershipPlanner {
    private final ImageDraft draft;
    private final Function<TopicImage, DurabilityRules> rules;
    private final Electorate brokers;

    LeadershipPlanner(ImageDraft draft, SettingLayers settings) {
        this.draft = draft;
        this.rules = topic -> DurabilityRules.of(settings, topic);
        this.brokers = new Electorate(draft.brokers());
    }

    /**
     * R20: marks a broker as leaving, hands its leaderships over and takes it out of the in-sync sets that can spare it,
     * so that nobody waits for it when it goes. Asked again it does what has become possible since.
     *
     * @return how many partitions it still leads, because nobody else can
     */
    Outcome<Plans<Integer>> leave(NotedEpochs noted, int brokerId, long brokerEpoch) {
        BrokerInfo broker = draft.brokers().get(brokerId);
        if (broker == null || broker.epoch() != brokerEpoch) {
            return Outcome.refused(
                    Refusal.STALE_BROKER_EPOCH,
                    "Broker " + brokerId + " with epoch " + brokerEpoch + " is not registered, so it can't leave");
        }
        List<Plan<?>> parts = new ArrayList<>(becomes(noted, broker, BrokerInfo.Condition.LEAVING));
        return Outcome.done(relieve(parts, brokerId));
    }

    /**
     * A broker says whether its disks have room. One that has none takes no records, so it is relieved like one that
     * leaves: what it leads passes on to brokers that have room, and it leaves the in-sync sets that can spare it. Where
     * nobody has room all stays as it is. Asked again it does what has become possible since.
     *
     * @return how many partitions a broker without room still leads; 0 for one that has room
     */
    Outcome<Plans<Integer>> room(NotedEpochs noted, Asker asker, boolean hasRoom) {
        BrokerInfo broker = draft.brokers().get(asker.brokerId());
        if (broker == null || broker.epoch() != asker.brokerEpoch()) {
            return Outcome.refused(
                    Refusal.STALE_BROKER_EPOCH,
                    "Broker " + asker.brokerId() + " with epoch " + asker.brokerEpoch() + " is not registered");
        }
        if (broker.shuttingDown()) {
            return Outcome.done(new Plans<>(List.of(), 0)); // it is relieved already
        }
        BrokerInfo.Condition now = hasRoom ? BrokerInfo.Condition.SERVING : BrokerInfo.Condition.FULL;
        List<Plan<?>> parts = new ArrayList<>(becomes(noted, broker, now));
        return Outcome.done(hasRoom ? new Plans<>(parts, 0) : relieve(parts, asker.brokerId()));
    }

    private static List<Plan<?>> becomes(NotedEpochs noted, BrokerInfo broker, BrokerInfo.Condition now) {
        if (broker.condition() == now) {
            return List.of();
        }
        StoreOp note = noted.write(broker.id(), new NodeCodec.NotedEpoch(broker.epoch(), now));
        return List.of(new Plan<>(List.of(note), List.of(new ImageEvent.BrokerRegistered(broker.in(now))), true));
    }

    /** Hands on what the broker leads and takes it out of the in-sync sets; answers with what it leads still. */
    private Plans<Integer> relieve(List<Plan<?>> parts, int brokerId) {
        SortedMap<Integer, BrokerInfo> others = new TreeMap<>(draft.brokers());
        others.remove(brokerId);
        int remaining = 0;
        for (TopicImage topic : draft.topics()) {
            SortedMap<Integer, PartitionImage> changed = new TreeMap<>();
            for (int i = 0; i < topic.partitionCount(); i++) {
                int index = i;
                PartitionImage partition = topic.partitions().get(i);
                if (partition.isr().has(brokerId)) {
                    release(partition, rules.apply(topic), brokerId, new Electorate(others))
                            .ifPresent(next -> changed.put(index, next));
                    remaining += changed.getOrDefault(i, partition).isLedBy(brokerId) ? 1 : 0;
                }
            }
            Plans.change(topic, changed).ifPresent(parts::add);
        }
        return new Plans<>(parts, remaining);
    }

    private static Optional<PartitionImage> release(
            PartitionImage partition, DurabilityRules rulesOfTopic, int brokerId, Electorate others) {
        BrokerIds rest = partition.isr().without(brokerId);
        boolean somebodyCanLead = rest.stream().anyMatch(others::isStaying);
        PartitionDraft next = new PartitionDraft(partition, rulesOfTopic);
        if (partition.isLedBy(brokerId)) {
            if (!somebodyCanLead) {
                return Optional.empty();
            }
            next.stepDown().elect(partition.replicas().in(rest), others, false);
        }
        if (next.isEnough(rest)) {
            next.inSync(rest);
        }
        return next.next();
    }

    /** Elections that are asked for, of one topic. */
    Plan<List<Outcome<PartitionImage>>> elect(Election election, String topicName, List<Integer> partitions) {
        Optional<TopicImage> topic = draft.topic(topicName);
        List<Outcome<PartitionImage>> outcomes = new ArrayList<>(partitions.size());
        SortedMap<Integer, PartitionImage> changed = new TreeMap<>();
        for (int index : partitions) {
            Optional<PartitionImage> partition = topic.flatMap(found -> found.partition(index));
            if (partition.isEmpty()) {
                outcomes.add(Outcome.refused(
                        Refusal.UNKNOWN_PARTITION, "Partition " + topicName + "-" + index + " does not exist"));
                continue;
            }
            DurabilityRules ofTopic = rules.apply(topic.orElseThrow());
            PartitionImage before = changed.getOrDefault(index, partition.get());
            Outcome<PartitionImage> outcome = election == Election.PREFERRED
                    ? preferred(topicName + "-" + index, before, ofTopic)
                    : unclean(topicName + "-" + index, before, ofTopic);
            if (outcome instanceof Outcome.Done<PartitionImage> done) {
                changed.put(index, done.value());
            }
            outcomes.add(outcome);
        }
        return topic.map(found -> Plans.change(found, changed, outcomes))
                .orElseGet(() -> new Plan<>(List.of(), List.of(), outcomes));
    }

    private Outcome<PartitionImage> preferred(String name, PartitionImage before, DurabilityRules ofTopic) {
        int wanted = before.replicas().at(0);
        if (before.isLedBy(wanted)) {
            return Outcome.refused(
                    Refusal.ELECTION_NOT_NEEDED,
                    "Partition " + name + " is led by its preferred leader " + wanted + " already");
        }
        if (!canTakeOver(before)) {
            return Outcome.refused(
                    Refusal.PREFERRED_LEADER_NOT_AVAILABLE,
                    "Partition " + name + ": its preferred leader " + wanted
                            + " is dead, is shutting down, has no room on its disk, or is not in sync: "
                            + before.isr());
        }
        return Outcome.done(handOver(before, ofTopic));
    }

    private Outcome<PartitionImage> unclean(String name, PartitionImage before, DurabilityRules ofTopic) {
        if (!before.isOffline()) {
            return Outcome.refused(
                    Refusal.ELECTION_NOT_NEEDED, "Partition " + name + " has a leader: broker " + before.leader());
        }
        PartitionDraft next = new PartitionDraft(before, ofTopic);
        if (!next.elect(brokers, true).isMade()) {
            return Outcome.refused(
                    Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    "Partition " + name + ": none of its replicas " + before.replicas() + " lives");
        }
        return Outcome.done(next.next().orElseThrow());
    }

    /** Whether leadership can go back to the preferred leader with nothing lost. */
    private boolean canTakeOver(PartitionImage partition) {
        int wanted = partition.replicas().at(0);
        return partition.isr().has(wanted) && brokers.isStaying(wanted);
    }

    private PartitionImage handOver(PartitionImage partition, DurabilityRules ofTopic) {
        PartitionDraft next = new PartitionDraft(partition, ofTopic).stepDown();
        next.elect(BrokerIds.of(partition.replicas().at(0)), brokers, false);
        return next.next().orElseThrow();
    }

    /**
     * Gives leaderships back to brokers that lead too few of the partitions that prefer them.
     *
     * @param tolerated which part of them, in percent, others may lead
     * @param most how many leaderships pass on at once
     * @return how many do
     */
    Plans<Integer> balance(int tolerated, int most) {
        Map<Integer, Integer> preferring = new HashMap<>();
        Map<Integer, Integer> elsewhere = new HashMap<>();
        List<TopicImage> topics = draft.topics();
        for (TopicImage topic : topics) {
            for (PartitionImage partition : topic.partitions()) {
                int wanted = partition.replicas().at(0);
                preferring.merge(wanted, 1, Integer::sum);
                elsewhere.merge(wanted, partition.isLedBy(wanted) ? 0 : 1, Integer::sum);
            }
        }
        List<Plan<?>> parts = new ArrayList<>();
        int moved = 0;
        for (TopicImage topic : topics) {
            SortedMap<Integer, PartitionImage> changed = new TreeMap<>();
            for (int i = 0; i < topic.partitionCount() && moved < most; i++) {
                PartitionImage partition = topic.partitions().get(i);
                int wanted = partition.replicas().at(0);
                boolean tooMany = 100L * elsewhere.getOrDefault(wanted, 0)
                        > (long) tolerated * preferring.getOrDefault(wanted, 0);
                if (tooMany
                        && !partition.isLedBy(wanted)
                        && !partition.reassignment().isUnderWay()
                        && canTakeOver(partition)) {
                    changed.put(i, handOver(partition, rules.apply(topic)));
                    moved++;
                }
            }
            Plans.change(topic, changed).ifPresent(parts::add);
        }
        return new Plans<>(parts, moved);
    }
}
