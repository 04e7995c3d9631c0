package io.sluice.cluster;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A decision about many topics at once. Each part is written whole, in order, but not all need to go into one
 * transaction; a part that is made again after a crash changes nothing more.
 *
 * @param result what to answer once all is written
 */
record Plans<T>(List<Plan<?>> parts, T result) {
    static <T> Plans<T> of(Plan<T> plan) {
        return new Plans<>(List.of(plan), plan.result());
    }

    /** What changes nothing and gives each of {@code count} parts of a request the same refusal. */
    static <T> Plan<List<Outcome<T>>> refuseAll(int count, Refusal reason, String message) {
        return new Plan<>(List.of(), List.of(), Collections.nCopies(count, Outcome.refused(reason, message)));
    }

    /** What gives partitions of {@code topic} other states; empty when there are none. */
    static Optional<Plan<TopicImage>> change(TopicImage topic, SortedMap<Integer, PartitionImage> changed) {
        return changed.isEmpty() ? Optional.empty() : Optional.of(change(topic, changed, topic));
    }

    static <T> Plan<T> change(TopicImage topic, SortedMap<Integer, PartitionImage> changed, T result) {
        if (changed.isEmpty()) {
            return new Plan<>(List.of(), List.of(), result);
        }
        TopicImage after = topic.withPartitions(changed);
        StoreOp states = new StoreOp.SetData(
                StorePaths.partitions(topic.id()), NodeCodec.partitions(after), StoreOp.ANY_VERSION);
        boolean moved = changed.entrySet().stream().anyMatch(each -> !each.getValue()
                .replicas()
                .equals(topic.partitions().get(each.getKey()).replicas()));
        List<StoreOp> ops = moved
                ? List.of(
                        new StoreOp.SetData(StorePaths.topic(topic.id()), NodeCodec.topic(after), StoreOp.ANY_VERSION),
                        states)
                : List.of(states);
        return new Plan<>(ops, List.of(new ImageEvent.PartitionsChanged(topic.id(), changed)), result);
    }
}
