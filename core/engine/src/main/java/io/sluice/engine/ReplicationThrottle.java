package io.sluice.engine;

import io.sluice.base.Clock;
import io.sluice.base.Loop;
import io.sluice.base.Loops;
import io.sluice.replication.RateWindows;
import java.util.ArrayList;
import java.util.List;

/**
 * The rate that one broker keeps in one direction: what it gives to replicas that are not in sync, or what it copies while
 * it is not in sync itself (KIP-73). Lives as long as the engine.
 *
 * <p>The rate is the broker's, and its loops have unequal parts of what is throttled, often all of it on one. A share for
 * each would leave most of the rate unused. So each loop notes what it moved in windows of its own, which it alone replaces
 * and all may read, and whoever asks adds them up. Two loops that ask at the same moment may both go on; what is too much
 * by that is waited for afterwards, as is what lies beyond the rate in a single answer.
 */
public final class ReplicationThrottle {
    /** What one loop moved. Written by that loop, read by all. */
    private static final class Moved {
        private volatile RateWindows windows;

        Moved(RateWindows windows) {
            this.windows = windows;
        }
    }

    private final Clock clock;
    private final RateWindows none;
    private final List<Moved> byLoop = new ArrayList<>();
    private volatile long bytesPerSecond = RateWindows.UNLIMITED;

    ReplicationThrottle(Loops loops, RateWindows.Shape shape) {
        this.clock = loops.all().get(0).clock();
        this.none = RateWindows.none(shape);
        loops.all().forEach(loop -> byLoop.add(new Moved(none)));
    }

    /** The rate from now on. @return whether it is another than before. On the control loop. */
    boolean keep(long rate) {
        boolean other = rate != bytesPerSecond;
        bytesPerSecond = rate;
        return other;
    }

    /** Whether there is a rate to keep at all. Any thread. */
    boolean isOn() {
        return bytesPerSecond != RateWindows.UNLIMITED;
    }

    /** So much was moved. On {@code loop}. */
    public void count(Loop loop, long bytes) {
        Moved own = byLoop.get(loop.index());
        own.windows = own.windows.plus(nowMs(), bytes);
    }

    /**
     * After how many milliseconds more may be moved, 0 when it may be now. Any thread.
     *
     * @param notCounted what is about to be moved and was not counted yet
     */
    public long waitMs(long notCounted) {
        long rate = bytesPerSecond;
        if (rate == RateWindows.UNLIMITED) {
            return 0;
        }
        long now = nowMs();
        RateWindows all = none.plus(now, notCounted);
        for (Moved each : byLoop) {
            all = all.plus(each.windows);
        }
        return all.waitMs(rate, now);
    }

    private long nowMs() {
        return clock.nanoTime() / 1_000_000;
    }
}
