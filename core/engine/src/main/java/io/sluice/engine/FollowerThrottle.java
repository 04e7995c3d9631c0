package io.sluice.engine;

import io.sluice.base.Loop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves a fetcher's throttled partitions out of its fetches while the broker copies faster than its rate (KIP-73), and
 * brings them back once it does not. A partition in sync is none of them, for acknowledgements wait for it. Owned by the
 * fetcher's loop.
 */
final class FollowerThrottle {
    private static final int NOT_HELD = Integer.MAX_VALUE;

    /** What becomes of a partition. */
    interface Held {
        void hold(Followed each);

        void release(Followed each);
    }

    private final Loop loop;
    private final ReplicationThrottle rate;
    private final Held listener;
    private final Set<Followed> throttled = new LinkedHashSet<>();
    private boolean releaseQueued;
    private int heldForMs = NOT_HELD;

    FollowerThrottle(Loop loop, ReplicationThrottle rate, Held listener) {
        this.loop = loop;
        this.rate = rate;
        this.listener = listener;
    }

    /** It is new, or in sync, or its topic's settings are others. @return whether it was held back and is no more */
    boolean look(Followed each) {
        each.throttled = each.partition.isHeldToRate();
        if (each.throttled) {
            throttled.add(each);
            return false;
        }
        return throttled.remove(each) && release(each);
    }

    void remove(Followed each) {
        throttled.remove(each);
    }

    /** So much came of it. */
    void count(Followed each, int bytes) {
        if (each.throttled) {
            rate.count(loop, bytes);
        }
    }

    /** Before a fetch: holds back what must wait. */
    void holdBack() {
        heldForMs = NOT_HELD;
        long waitMs = throttled.isEmpty() ? 0 : rate.waitMs(0);
        if (waitMs == 0) {
            return;
        }
        heldForMs = (int) Math.min(waitMs, Integer.MAX_VALUE - 1);
        for (Followed each : throttled) {
            if (each.phase == Followed.Phase.READY) {
                listener.hold(each);
            }
        }
        if (!releaseQueued) {
            releaseQueued = true;
            loop.schedule(heldForMs, () -> {
                releaseQueued = false;
                releaseAll();
            });
        }
    }

    /** How long the fetch may wait at the leader: not beyond the time at which what is held back may go on. */
    int atMost(int waitMs) {
        return Math.min(waitMs, heldForMs);
    }

    /** @return whether any was held back */
    boolean releaseAll() {
        boolean any = false;
        for (Followed each : List.copyOf(throttled)) {
            any |= release(each);
        }
        return any;
    }

    private boolean release(Followed each) {
        boolean held = each.phase == Followed.Phase.HELD;
        if (held) {
            listener.release(each);
        }
        return held;
    }
}
