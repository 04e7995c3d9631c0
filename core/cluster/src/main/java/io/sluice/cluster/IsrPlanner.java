package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Decides about changes of in-sync sets that leaders ask for (KIP-497, KIP-841, KIP-903): a pure function from the image
 * so far and what is asked to a plan, with an outcome for each change. A change counts only if it was asked with the
 * very state that holds: so of two changes that cross, one is refused, and a leader that was replaced changes nothing.
 */
final class IsrPlanner {
    private final TopicImage topic;
    private final DurabilityRules rules;
    private final Electorate brokers;
    private final int asker;
    private final SortedMap<Integer, PartitionImage> changed = new TreeMap<>();

    private IsrPlanner(TopicImage topic, DurabilityRules rules, Electorate brokers, int asker) {
        this.topic = topic;
        this.rules = rules;
        this.brokers = brokers;
        this.asker = asker;
    }

    /**
     * @param changes all of one topic
     * @param rules of that topic
     */
    static Plan<List<Outcome<PartitionImage>>> plan(
            ImageDraft draft,
            Function<TopicImage, DurabilityRules> rules,
            Asker asker,
            UUID topicId,
            List<IsrChange> changes) {
        Electorate brokers = new Electorate(draft.brokers());
        Optional<TopicImage> topic = draft.topic(topicId);
        if (!brokers.isCurrent(asker.brokerId(), asker.brokerEpoch())) {
            return Plans.refuseAll(
                    changes.size(),
                    Refusal.STALE_BROKER_EPOCH,
                    "Broker " + asker.brokerId() + " with epoch " + asker.brokerEpoch() + " is not registered");
        }
        if (topic.isEmpty()) {
            return Plans.refuseAll(changes.size(), Refusal.UNKNOWN_TOPIC_ID, "No topic has the id " + topicId);
        }
        IsrPlanner planner = new IsrPlanner(topic.get(), rules.apply(topic.get()), brokers, asker.brokerId());
        List<Outcome<PartitionImage>> outcomes = new ArrayList<>(changes.size());
        changes.forEach(change -> outcomes.add(planner.decide(change)));
        return Plans.change(topic.get(), planner.changed, outcomes);
    }

    private Outcome<PartitionImage> decide(IsrChange change) {
        Optional<PartitionImage> found = topic.partition(change.partition());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.UNKNOWN_PARTITION, where(change) + " does not exist");
        }
        PartitionImage partition = changed.getOrDefault(change.partition(), found.get());
        Optional<Outcome<PartitionImage>> settled = compare(change, partition);
        if (settled.isPresent()) {
            return settled.get();
        }
        for (IsrChange.Member member : change.isr()) {
            Optional<String> complaint = complaint(member, partition);
            if (complaint.isPresent()) {
                return Outcome.refused(
                        Refusal.INELIGIBLE_REPLICA, where(change) + ": broker " + member.brokerId() + complaint.get());
            }
        }
        PartitionDraft next = new PartitionDraft(partition, rules).inSync(wanted(change, partition));
        if (change.recovered()) {
            next.recovered();
        }
        next.completeMove(brokers);
        PartitionImage after = next.next().orElse(partition);
        if (after != partition) {
            changed.put(change.partition(), after);
        }
        return Outcome.done(after);
    }

    /** Whether the asker knows the state that holds, and what it asks makes sense; empty when both are so. */
    private Optional<Outcome<PartitionImage>> compare(IsrChange change, PartitionImage partition) {
        if (change.leaderEpoch() > partition.leaderEpoch() || change.partitionEpoch() > partition.partitionEpoch()) {
            return refused(
                    Refusal.NOT_CONTROLLER, where(change) + ": broker " + asker + " knows a newer state than this one");
        }
        if (change.leaderEpoch() < partition.leaderEpoch()) {
            return refused(
                    Refusal.FENCED_LEADER_EPOCH,
                    where(change) + ": leader epoch " + change.leaderEpoch() + " is over, " + partition.leaderEpoch()
                            + " has begun");
        }
        BrokerIds members = members(change);
        if (!partition.isLedBy(asker) || !members.has(asker)) {
            return refused(
                    Refusal.INVALID_REQUEST,
                    where(change) + ": broker " + asker + " does not lead it, or leaves itself out of " + members);
        }
        if (members.size() != change.isr().size() || !partition.replicas().containsAll(members)) {
            return refused(
                    Refusal.INVALID_REQUEST,
                    where(change) + ": " + members + " are not some of its replicas " + partition.replicas());
        }
        boolean holdsAlready = partition.isr().size() == members.size()
                && partition.isr().containsAll(members)
                && !(change.recovered() && partition.eligibility().recovering());
        if (holdsAlready) {
            return Optional.of(Outcome.done(partition)); // asked again because the answer was lost
        }
        if (change.partitionEpoch() < partition.partitionEpoch()) {
            return refused(
                    Refusal.STALE_PARTITION_EPOCH,
                    where(change) + ": partition epoch " + change.partitionEpoch() + " is over, "
                            + partition.partitionEpoch() + " holds");
        }
        return Optional.empty();
    }

    /** R13: who is to be in sync must be the process that was seen to have caught up, and must mean to stay. */
    private Optional<String> complaint(IsrChange.Member member, PartitionImage partition) {
        if (!brokers.isCurrent(member.brokerId(), member.brokerEpoch())) {
            return Optional.of(" is not registered with epoch " + member.brokerEpoch());
        }
        boolean joins = !partition.isr().has(member.brokerId());
        return joins && !brokers.isStaying(member.brokerId())
                ? Optional.of(" is shutting down, or its disk is full")
                : Optional.empty();
    }

    private static BrokerIds members(IsrChange change) {
        BrokerIds members = BrokerIds.of();
        for (IsrChange.Member member : change.isr()) {
            members = members.with(member.brokerId());
        }
        return members;
    }

    private static BrokerIds wanted(IsrChange change, PartitionImage partition) {
        return partition.replicas().in(members(change));
    }

    private String where(IsrChange change) {
        return "Partition " + topic.name() + "-" + change.partition();
    }

    private static Optional<Outcome<PartitionImage>> refused(Refusal reason, String message) {
        return Optional.of(Outcome.refused(reason, message));
    }
}
