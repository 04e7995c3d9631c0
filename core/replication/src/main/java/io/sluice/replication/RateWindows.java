package io.sluice.replication;

/**
 * How much was moved in each of the last windows of time, and so whether a rate is kept (KIP-73). The rate is what lies in
 * the windows, divided by the time since the oldest of them began in which anything was moved, at least one window: so
 * whoever was quiet may move one window's worth at once, and what was too much is waited for until it has become the rate,
 * or is forgotten with its window. Whoever wants to move never waits for longer than there are windows.
 *
 * <pre>
 *   last - (count - 1)      …      last - 1      last
 *        [ bytes ]          …      [ bytes ]   [ bytes ]        older ones are forgotten
 * </pre>
 *
 * <p>Immutable, and told of the time, of a clock that never goes back. Windows begin at multiples of their length, so that
 * those of several writers can be added up.
 */
public final class RateWindows {
    /** No rate is to be kept. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final long NOTHING_YET = Long.MIN_VALUE;

    private final Shape shape;
    /** The number of the newest window in which anything was moved. */
    private final long last;
    /** By how many windows it is older than the newest. */
    private final long[] bytes;

    /**
     * @param count of windows, at least 1
     * @param windowMs how long each is, at least 1
     */
    public record Shape(int count, long windowMs) {
        public Shape {
            if (count < 1 || windowMs < 1) {
                throw new IllegalArgumentException(count + " windows of " + windowMs + " ms");
            }
        }
    }

    private RateWindows(Shape shape, long last, long[] bytes) {
        this.shape = shape;
        this.last = last;
        this.bytes = bytes;
    }

    /** Nothing was moved of late. */
    public static RateWindows none(Shape shape) {
        return new RateWindows(shape, NOTHING_YET, new long[shape.count()]);
    }

    /** With so much more that is moved now. */
    public RateWindows plus(long nowMs, long moved) {
        if (moved <= 0) {
            return this;
        }
        RateWindows upToNow = upTo(Math.max(last, windowAt(nowMs)));
        upToNow.bytes[0] = saturated(upToNow.bytes[0], moved);
        return upToNow;
    }

    /** What this writer and another of the same shape moved together. */
    public RateWindows plus(RateWindows other) {
        if (other.last == NOTHING_YET) {
            return this;
        }
        RateWindows both = upTo(Math.max(last, other.last));
        for (int age = 0; age < both.bytes.length; age++) {
            both.bytes[age] = saturated(both.bytes[age], other.inWindow(both.last - age));
        }
        return both;
    }

    /** A copy whose newest window is this one. */
    private RateWindows upTo(long newest) {
        long[] moved = new long[bytes.length];
        for (int age = 0; age < moved.length; age++) {
            moved[age] = inWindow(newest - age);
        }
        return new RateWindows(shape, newest, moved);
    }

    private static long saturated(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private long windowAt(long atMs) {
        return Math.floorDiv(atMs, shape.windowMs());
    }

    private long inWindow(long number) {
        if (last == NOTHING_YET || number > last || last - number >= bytes.length) {
            return 0;
        }
        return bytes[(int) (last - number)];
    }

    /**
     * After how many milliseconds more may be moved; 0 when it may be now.
     *
     * @param bytesPerSecond the rate to keep, {@link #UNLIMITED} for none
     */
    public long waitMs(long bytesPerSecond, long nowMs) {
        if (bytesPerSecond == UNLIMITED || last == NOTHING_YET) {
            return 0;
        }
        long at = nowMs;
        for (long oldest = oldestSince(at); oldest <= last; oldest = oldestSince(at)) {
            long beganMs = oldest * shape.windowMs();
            long sum = sumSince(oldest);
            if (rate(sum, Math.max(shape.windowMs(), at - beganMs)) <= bytesPerSecond) {
                break;
            }
            long forgottenMs = beganMs + shape.count() * shape.windowMs();
            at = Math.min(Math.max(at + 1, keptAtMs(sum, beganMs, bytesPerSecond)), forgottenMs);
        }
        return at - nowMs;
    }

    /** The oldest window that counts and has anything; beyond the last when there is none. */
    private long oldestSince(long atMs) {
        long number = Math.max(windowAt(atMs), last) - shape.count() + 1;
        while (number <= last && inWindow(number) == 0) {
            number++;
        }
        return number;
    }

    private long sumSince(long oldest) {
        long sum = 0;
        for (long number = oldest; number <= last; number++) {
            sum = saturated(sum, inWindow(number));
        }
        return sum;
    }

    private static double rate(long moved, long overMs) {
        return moved * 1000.0 / overMs;
    }

    /** When so much will have become the rate. */
    private static long keptAtMs(long moved, long sinceMs, long bytesPerSecond) {
        double ms = Math.ceil(moved * 1000.0 / bytesPerSecond);
        return ms >= Long.MAX_VALUE / 2 ? Long.MAX_VALUE : sinceMs + (long) ms; // also where the rate is 0
    }
}
