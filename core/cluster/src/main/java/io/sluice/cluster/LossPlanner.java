package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Takes replicas whose logs are lost out of whatever counts on them: a pure function from the image so far and what a
 * broker says it has lost to a plan, with an outcome for each replica.
 *
 * <p>The broker leads no more and is in neither set, as after a restart without proof (R14). Leaders go by what fetches
 * have told them, and such a fetch may still be on its way: so a new leader epoch begins, in which no earlier fetch
 * counts (R4, R8), even if the leader stays the same. From then on the broker may begin the log anew, for nobody takes it
 * for having what it had.
 *
 * <p>Where no other replica can lead nothing is changed: a damaged log is better than none.
 */
final class LossPlanner {
    private final TopicImage topic;
    private final DurabilityRules rules;
    private final Electorate others;
    private final int asker;
    private final SortedMap<Integer, PartitionImage> changed = new TreeMap<>();

    private LossPlanner(TopicImage topic, DurabilityRules rules, Electorate others, int asker) {
        this.topic = topic;
        this.rules = rules;
        this.others = others;
        this.asker = asker;
    }

    /** @param lost all of one topic */
    static Plan<List<Outcome<PartitionImage>>> plan(
            ImageDraft draft,
            Function<TopicImage, DurabilityRules> rules,
            Asker asker,
            UUID topicId,
            List<LostReplica> lost) {
        Optional<TopicImage> topic = draft.topic(topicId);
        if (!new Electorate(draft.brokers()).isCurrent(asker.brokerId(), asker.brokerEpoch())) {
            return Plans.refuseAll(
                    lost.size(),
                    Refusal.STALE_BROKER_EPOCH,
                    "Broker " + asker.brokerId() + " with epoch " + asker.brokerEpoch() + " is not registered");
        }
        if (topic.isEmpty()) {
            return Plans.refuseAll(lost.size(), Refusal.UNKNOWN_TOPIC_ID, "No topic has the id " + topicId);
        }
        SortedMap<Integer, BrokerInfo> others = new TreeMap<>(draft.brokers());
        others.remove(asker.brokerId());
        LossPlanner planner =
                new LossPlanner(topic.get(), rules.apply(topic.get()), new Electorate(others), asker.brokerId());
        List<Outcome<PartitionImage>> outcomes = new ArrayList<>(lost.size());
        lost.forEach(each -> outcomes.add(planner.decide(each)));
        return Plans.change(topic.get(), planner.changed, outcomes);
    }

    private Outcome<PartitionImage> decide(LostReplica lost) {
        Optional<PartitionImage> found = topic.partition(lost.partition());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.UNKNOWN_PARTITION, where(lost) + " does not exist");
        }
        PartitionImage partition = changed.getOrDefault(lost.partition(), found.get());
        if (!partition.replicas().has(asker)) {
            return Outcome.refused(
                    Refusal.INVALID_REQUEST, where(lost) + ": broker " + asker + " is none of " + partition.replicas());
        }
        boolean ledByAnother = !partition.isOffline() && !partition.isLedBy(asker);
        if (ledByAnother && !counts(partition) && lost.toldEpoch() < partition.leaderEpoch()) {
            return Outcome.done(partition);
        }
        PartitionDraft next = new PartitionDraft(partition, rules).stepDown().unproven(asker);
        BrokerIds first = ledByAnother ? BrokerIds.of(partition.leader()) : BrokerIds.of();
        boolean led = next.elect(first.with(partition.replicas()), others, rules.uncleanElection())
                .isMade();
        if (!led) {
            return Outcome.refused(
                    Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                    where(lost) + ": none of its other replicas "
                            + partition.replicas().without(asker) + " lives and has all records");
        }
        PartitionImage state = next.next().orElseThrow();
        changed.put(lost.partition(), state);
        return Outcome.done(state);
    }

    /** Whether the log of the asker is one of those that hold what was acknowledged. */
    private boolean counts(PartitionImage partition) {
        return partition.isr().has(asker) || partition.eligibility().elr().has(asker);
    }

    private String where(LostReplica lost) {
        return "Partition " + topic.name() + "-" + lost.partition();
    }
}
