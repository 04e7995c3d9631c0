package io.sluice.kafka.handler;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one client fetches, remembered between its requests (KIP-227), so that a request names only what changed and an
 * answer carries only news. Used by one fetch at a time; {@link #tryUse} sees to that when a client misbehaves.
 */
final class FetchSession {
    private final int id;
    private final boolean byId;
    private final Map<FetchTarget.Key, FetchTarget> targets = new LinkedHashMap<>();
    private final FetchTargets budget;
    private final AtomicBoolean used = new AtomicBoolean();
    private int epoch = 1;
    private volatile long lastUsedNanos;
    private volatile boolean closed;

    /** @param first each partition once, all of them taken from {@code budget} */
    FetchSession(int id, boolean byId, Collection<FetchTarget> first, FetchTargets budget, long nowNanos) {
        this.id = id;
        this.byId = byId;
        this.budget = budget;
        this.lastUsedNanos = nowNanos;
        first.forEach(target -> targets.put(target.key(), target));
    }

    int id() {
        return id;
    }

    /** Whether its topics are named by id. */
    boolean byId() {
        return byId;
    }

    /** The epoch that the next request must carry. */
    int epoch() {
        return epoch;
    }

    void nextEpoch() {
        epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    /** Takes the session for one fetch; false when another fetch has it. */
    boolean tryUse(long nowNanos) {
        lastUsedNanos = nowNanos;
        return used.compareAndSet(false, true);
    }

    /** Gives the session back after a fetch. */
    void release() {
        used.set(false);
        if (closed) {
            closeIfUnused();
        }
    }

    /** Ends the session, at once or when the fetch that uses it is done. */
    void close() {
        closed = true;
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (used.compareAndSet(false, true)) {
            targets.values().forEach(FetchTarget::close); // stays taken: nobody uses a closed session again
            budget.giveBack(targets.size());
        }
    }

    /** @return false when there is no room for what the client adds: the session has to end */
    boolean update(Collection<FetchTarget> changed, List<FetchTarget.Key> forgotten) {
        for (FetchTarget target : changed) {
            FetchTarget known = targets.get(target.key());
            if (known == null) {
                if (!budget.tryTake(1)) {
                    return false;
                }
                targets.put(target.key(), target);
            } else {
                known.follow(target);
            }
        }
        for (FetchTarget.Key key : forgotten) {
            FetchTarget gone = targets.remove(key);
            if (gone != null) {
                gone.close();
                budget.giveBack(1);
            }
        }
        return true;
    }

    Collection<FetchTarget> targets() {
        return targets.values();
    }

    /** Served partitions go to the end of the line, so that others come first when the next answer is full. */
    void servedLast(FetchTarget target) {
        targets.remove(target.key());
        targets.put(target.key(), target);
    }
}
