package io.sluice.kafka.handler;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.engine.ReplicationThrottle;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one fetch of a replica that is not in sync gets of throttled partitions (KIP-73): nothing while this broker gives
 * more than its rate, of which the rest of the answer is a part; and the fetch looks again once it does not. Used on the
 * fetch's loop.
 */
final class FetchThrottle {
    private static final long NOTHING_HELD = Long.MAX_VALUE;

    private final ReplicationThrottle rate;
    private final Loop loop;
    private final Runnable look;
    private final Set<FetchTarget> held = new HashSet<>();
    private long heldMs = NOTHING_HELD;
    private long givenBytes;
    private @Nullable Cancellable timer;

    /** @param look reads everything again */
    FetchThrottle(ReplicationThrottle rate, Loop loop, Runnable look) {
        this.rate = rate;
        this.loop = loop;
        this.look = look;
    }

    /** Nothing is given yet, or what was is not sent. */
    void begin() {
        held.clear();
        heldMs = NOTHING_HELD;
        givenBytes = 0;
    }

    /** Whether nothing may be given of this partition now. */
    boolean holds(FetchTarget target) {
        long waitMs = rate.waitMs(givenBytes);
        if (waitMs > 0) {
            held.add(target);
            heldMs = Math.min(heldMs, waitMs);
        }
        return waitMs > 0;
    }

    /** Whether {@link #holds} was true. */
    boolean isHeld(FetchTarget target) {
        return held.contains(target);
    }

    /** The answer has so much of a throttled partition. */
    void gives(int bytes) {
        givenBytes += bytes;
    }

    /** The answer is on its way. */
    void sent() {
        rate.count(loop, givenBytes);
    }

    /** The fetch waits: looks again when what is held back may be given. */
    void lookLater() {
        stop();
        if (heldMs != NOTHING_HELD) {
            timer = loop.schedule(heldMs, look);
        }
    }

    /** Looks no more. */
    void stop() {
        Cancellable running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }
}
