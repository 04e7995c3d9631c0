package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Decides about moves of partitions (KIP-455): a pure function from the image so far and what is asked to a plan. The
 * new replicas are added beside the old ones; once they have caught up, {@link PartitionDraft#completeMove} takes the old
 * ones away. Nothing that holds acknowledged records is given up while too few others hold them (R21).
 */
final class ReassignmentPlanner {
    private final TopicImage topic;
    private final DurabilityRules rules;
    private final Electorate brokers;
    private final Brokers available;
    private final SortedMap<Integer, PartitionImage> changed = new TreeMap<>();

    private ReassignmentPlanner(TopicImage topic, DurabilityRules rules, ImageDraft draft) {
        this.topic = topic;
        this.rules = rules;
        this.brokers = new Electorate(draft.brokers());
        this.available = Brokers.forNewReplicas(draft);
    }

    /** @param moves all of one topic */
    static Plan<List<Outcome<PartitionImage>>> plan(
            ImageDraft draft,
            Function<TopicImage, DurabilityRules> rules,
            String topicName,
            List<PartitionMove> moves) {
        Optional<TopicImage> topic = draft.topic(topicName);
        List<Outcome<PartitionImage>> outcomes = new ArrayList<>(moves.size());
        if (topic.isEmpty()) {
            moves.forEach(move ->
                    outcomes.add(Outcome.refused(Refusal.UNKNOWN_TOPIC, "Topic '" + topicName + "' does not exist")));
            return new Plan<>(List.of(), List.of(), outcomes);
        }
        ReassignmentPlanner planner = new ReassignmentPlanner(topic.get(), rules.apply(topic.get()), draft);
        moves.forEach(move -> outcomes.add(planner.decide(move)));
        return Plans.change(topic.get(), planner.changed, outcomes);
    }

    private Outcome<PartitionImage> decide(PartitionMove move) {
        int index = move.partition().partition();
        Optional<PartitionImage> found = topic.partition(index);
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.UNKNOWN_PARTITION, "Partition " + move.partition() + " does not exist");
        }
        PartitionImage before = changed.getOrDefault(index, found.get());
        Outcome<PartitionImage> outcome = move.target().isPresent()
                ? begin(move.partition(), before, move.target().get())
                : cancel(move.partition(), before);
        if (outcome instanceof Outcome.Done<PartitionImage> done
                && !done.value().equals(before)) {
            changed.put(index, done.value());
        }
        return outcome;
    }

    private Outcome<PartitionImage> begin(PartitionRef name, PartitionImage before, BrokerIds target) {
        BrokerIds original =
                before.reassignment().isUnderWay() ? before.reassignment().original() : before.replicas();
        Optional<String> complaint = complaint(target, before.replicas());
        if (complaint.isPresent()) {
            return Outcome.refused(
                    Refusal.INVALID_REPLICA_ASSIGNMENT, "Partition " + name + ", replicas " + target + complaint.get());
        }
        BrokerIds both = original.with(target);
        PartitionDraft next = new PartitionDraft(before, rules);
        Optional<Outcome<PartitionImage>> unsafe = refuseUnsafe(name, next, before, both);
        if (unsafe.isPresent()) {
            return unsafe.get();
        }
        boolean moves = !target.equals(original);
        next.replicas(both, moves ? new Reassignment(original, target) : Reassignment.NONE);
        next.elect(brokers, false);
        next.completeMove(brokers);
        return Outcome.done(next.next().orElse(before));
    }

    private Outcome<PartitionImage> cancel(PartitionRef name, PartitionImage before) {
        if (!before.reassignment().isUnderWay()) {
            return Outcome.refused(
                    Refusal.NO_REASSIGNMENT_IN_PROGRESS, "Partition " + name + " is not being reassigned");
        }
        BrokerIds original = before.reassignment().original();
        PartitionDraft next = new PartitionDraft(before, rules);
        Optional<Outcome<PartitionImage>> unsafe = refuseUnsafe(name, next, before, original);
        if (unsafe.isPresent()) {
            return unsafe.get();
        }
        next.replicas(original, Reassignment.NONE);
        next.elect(brokers, false);
        return Outcome.done(next.next().orElse(before));
    }

    private Optional<String> complaint(BrokerIds target, BrokerIds present) {
        if (target.isEmpty()) {
            return Optional.of(": no broker is named");
        }
        if (target.stream().distinct().count() != target.size()) {
            return Optional.of(": a broker is named twice");
        }
        for (int broker : target.without(present)) {
            if (!available.has(broker)) {
                return Optional.of(": broker " + broker + " can't take replicas; these can: " + available);
            }
        }
        return Optional.empty();
    }

    private Optional<Outcome<PartitionImage>> refuseUnsafe(
            PartitionRef name, PartitionDraft next, PartitionImage before, BrokerIds remaining) {
        boolean keepsALeader = before.isOffline()
                || remaining.has(before.leader())
                || remaining.in(before.isr()).stream().anyMatch(brokers::isStaying);
        if (keepsALeader && next.canSpareAllBut(remaining)) {
            return Optional.empty();
        }
        return Optional.of(Outcome.refused(
                Refusal.INELIGIBLE_REPLICA,
                "Partition " + name + ": of the replicas " + remaining + ", which would be left, too few are in sync to"
                        + " give up others; in sync are " + before.isr() + "; let them catch up first"));
    }
}
