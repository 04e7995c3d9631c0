package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the changes of in-sync sets that partitions of one loop propose to the controller: those that come while a
 * request is under way go together with the next. A change whose outcome is not known, or that nobody could take, is sent
 * again until it is settled (R3). Owned by that loop.
 */
final class IsrProposals implements ReplicaPorts.Proposals {
    private static final Logger LOG = LoggerFactory.getLogger(IsrProposals.class);
    private static final int MOST_AT_ONCE = 1_000;
    private static final long RETRY_FIRST_MS = 50;
    private static final long RETRY_LAST_MS = 2_000;

    private final Loop loop;
    private final Cluster cluster;
    /** At most one per partition, since a partition has one under way at a time. */
    private final Map<Partition, IsrChange> waiting = new LinkedHashMap<>();

    private boolean underWay;
    private boolean sendQueued;
    private int failuresInARow;

    IsrProposals(Loop loop, Cluster cluster) {
        this.loop = loop;
        this.cluster = cluster;
    }

    /**
     * Whether the refusal is final: the change was not made and can't be, not even by a repetition still on its way. Only
     * that of a member can be: the controller looks at members when the state is the one that the change starts from, and
     * a broker epoch that is bad stays bad. Any other may come although an earlier attempt, whose answer was lost, has
     * succeeded; the image will tell.
     */
    static boolean isForGood(Outcome.Refused<PartitionImage> refused) {
        return refused.reason() == Refusal.INELIGIBLE_REPLICA;
    }

    @Override
    public void propose(Partition partition, IsrChange change) {
        waiting.put(partition, change);
        queueSend(0);
    }

    private void queueSend(long delayMs) {
        if (sendQueued || underWay) {
            return;
        }
        sendQueued = true;
        if (delayMs == 0) {
            loop.execute(this::send);
        } else {
            loop.schedule(delayMs, this::send);
        }
    }

    private void send() {
        sendQueued = false;
        List<Partition> partitions = new ArrayList<>();
        List<IsrChange> changes = new ArrayList<>();
        waiting.entrySet().removeIf(each -> {
            if (changes.size() < MOST_AT_ONCE && each.getKey().isPending(each.getValue())) {
                partitions.add(each.getKey());
                changes.add(each.getValue());
                return true;
            }
            return changes.size() < MOST_AT_ONCE; // settled by an image meanwhile
        });
        if (changes.isEmpty()) {
            return;
        }
        underWay = true;
        cluster.alterIsr(changes)
                .whenComplete(
                        (outcomes, failure) -> loop.execute(() -> answered(partitions, changes, outcomes, failure)));
    }

    private void answered(
            List<Partition> partitions,
            List<IsrChange> changes,
            @Nullable List<Outcome<PartitionImage>> outcomes,
            @Nullable Throwable failure) {
        underWay = false;
        int unsettled = 0;
        String why = failure == null ? "" : String.valueOf(failure.getMessage());
        for (int i = 0; i < changes.size(); i++) {
            Partition partition = partitions.get(i);
            IsrChange change = changes.get(i);
            Outcome<PartitionImage> outcome = outcomes == null ? null : outcomes.get(i);
            boolean settled = outcome == null ? !partition.isPending(change) : partition.isrAnswered(change, outcome);
            if (!settled) {
                unsettled++;
                waiting.putIfAbsent(partition, change);
                if (outcome instanceof Outcome.Refused<PartitionImage> refused) {
                    why = refused.reason() + ": " + refused.message();
                }
            }
        }
        if (unsettled == 0) {
            failuresInARow = 0;
            queueSend(0);
            return;
        }
        if (failuresInARow == 0) {
            LOG.warn(
                    "msg=\"changes of in-sync replicas are not made yet and will be asked for again\" changes={} why=\"{}\"",
                    unsettled,
                    why);
        }
        queueSend(Math.min(RETRY_LAST_MS, RETRY_FIRST_MS << Math.min(failuresInARow++, 10)));
    }
}
