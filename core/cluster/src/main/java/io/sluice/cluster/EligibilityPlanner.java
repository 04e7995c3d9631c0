package io.sluice.cluster;

import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps who is eligible true when min.insync.replicas changes (KIP-966). The eligible have all that was acknowledged
 * because the high watermark stands still while the in-sync set is below the minimum. So:
 *
 * <ul>
 *   <li>where a lower minimum lets the high watermark move again, they cease to be eligible, before the leader can learn
 *       of the new minimum;
 *   <li>where the minimum is raised, the partition gets another epoch. A leader that does not know the new minimum yet
 *       would go on moving the high watermark with a set that the controller takes for too small; with the old epoch it
 *       can't have its set made smaller.
 * </ul>
 *
 * <p>A pure function.
 */
final class EligibilityPlanner {
    private final ImageDraft draft;
    private final SettingLayers before;
    private final SettingLayers after;

    /**
     * @param before what holds for brokers now
     * @param after what will hold once the settings are changed
     */
    EligibilityPlanner(ImageDraft draft, SettingLayers before, SettingLayers after) {
        this.draft = draft;
        this.before = before;
        this.after = after;
    }

    /** {@code plan}, which changes settings, with what follows from it. */
    <T> Plans<T> follow(Plan<T> plan) {
        for (ImageEvent event : plan.events()) {
            if (event instanceof ImageEvent.TopicChanged changed) {
                return Plans.of(followTopic(plan, changed.topic()));
            }
            if (event instanceof ImageEvent.ConfigsChanged changed
                    && changed.resource().type() == ConfigResource.Type.BROKER) {
                return followBrokers(plan);
            }
        }
        return Plans.of(plan);
    }

    /** A topic's settings and what follows for its partitions are one write and one event. */
    private <T> Plan<T> followTopic(Plan<T> plan, TopicImage wanted) {
        Optional<TopicImage> now = draft.topic(wanted.id());
        SortedMap<Integer, PartitionImage> changed = now.map(topic ->
                        partitions(wanted, DurabilityRules.of(before, topic), DurabilityRules.of(after, wanted)))
                .orElseGet(TreeMap::new);
        if (changed.isEmpty()) {
            return plan;
        }
        List<StoreOp> ops = new ArrayList<>(plan.ops());
        ops.addAll(Plans.change(wanted, changed, true).ops());
        return new Plan<>(ops, List.of(new ImageEvent.TopicChanged(wanted.withPartitions(changed))), plan.result());
    }

    /** Who is eligible no more comes before the settings, and new epochs come after them. */
    private <T> Plans<T> followBrokers(Plan<T> plan) {
        List<Plan<?>> first = new ArrayList<>();
        List<Plan<?>> then = new ArrayList<>();
        for (TopicImage topic : draft.topics()) {
            DurabilityRules old = DurabilityRules.of(before, topic);
            DurabilityRules rules = DurabilityRules.of(after, topic);
            Plans.change(topic, partitions(topic, old, rules))
                    .ifPresent((rules.minIsr() > old.minIsr() ? then : first)::add);
        }
        first.add(plan);
        first.addAll(then);
        return new Plans<>(first, plan.result());
    }

    private static SortedMap<Integer, PartitionImage> partitions(
            TopicImage topic, DurabilityRules old, DurabilityRules rules) {
        SortedMap<Integer, PartitionImage> changed = new TreeMap<>();
        if (rules.minIsr() == old.minIsr()) {
            return changed;
        }
        for (int i = 0; i < topic.partitionCount(); i++) {
            int index = i;
            PartitionDraft next = new PartitionDraft(topic.partitions().get(i), rules);
            (rules.minIsr() > old.minIsr() ? next.renewed() : next)
                    .next()
                    .ifPresent(state -> changed.put(index, state));
        }
        return changed;
    }
}
