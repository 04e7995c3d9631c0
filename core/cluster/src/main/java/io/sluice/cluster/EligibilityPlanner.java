package io.sluice.cluster;

import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps who is eligible true when min.insync.replicas changes. The eligible have all that was acknowledged because the
 * high watermark stands still while the in-sync set is below the minimum; where a lower minimum lets it move again, they
 * cease to be eligible by the same write (KIP-966). A pure function.
 */
final class EligibilityPlanner {
    private EligibilityPlanner() {}

    /**
     * Adds to {@code plan}, which changes settings, what follows from it.
     *
     * @param after what holds for brokers once the settings are changed
     */
    static <T> Plan<T> follow(ImageDraft draft, Plan<T> plan, SettingLayers after) {
        List<StoreOp> ops = new ArrayList<>(plan.ops());
        List<ImageEvent> events = new ArrayList<>(plan.events());
        for (ImageEvent event : plan.events()) {
            if (event instanceof ImageEvent.TopicChanged changed) {
                adjust(changed.topic(), after, ops, events);
            } else if (event instanceof ImageEvent.ConfigsChanged changed
                    && changed.resource().type() == ConfigResource.Type.BROKER) {
                draft.topics().forEach(topic -> adjust(topic, after, ops, events));
            }
        }
        return new Plan<>(ops, events, plan.result());
    }

    private static void adjust(TopicImage topic, SettingLayers after, List<StoreOp> ops, List<ImageEvent> events) {
        SortedMap<Integer, PartitionImage> changed = new TreeMap<>();
        for (int i = 0; i < topic.partitionCount(); i++) {
            int index = i;
            PartitionImage partition = topic.partitions().get(i);
            if (!partition.eligibility().isNone()) {
                new PartitionDraft(partition, DurabilityRules.of(after, topic))
                        .next()
                        .ifPresent(next -> changed.put(index, next));
            }
        }
        Plans.change(topic, changed).ifPresent(plan -> {
            ops.addAll(plan.ops());
            events.addAll(plan.events());
        });
    }
}
