package io.sluice.simulation;

import java.util.ArrayDeque;
import java.util.List;

/**
 * What happened: a hash over every event (when, where, what), by which two runs are compared, and the last lines of the
 * story in words, for people who look into a failing seed.
 */
final class Trace {
    private static final int LINES_KEPT = Integer.getInteger("sluice.trace", 400);
    private static final long PRIME = 0x100000001B3L;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long hash = 0xCBF29CE484222325L;
    private long events;

    void event(long nanos, int owner, String what) {
        events++;
        mix(nanos);
        mix(owner);
        mix(what.hashCode());
    }

    /** Tells of something worth reading; counts for the hash, too. */
    void say(long nanos, String who, String what) {
        mix(what.hashCode());
        if (lines.size() == LINES_KEPT) {
            lines.poll();
        }
        lines.add(seconds(nanos) + " " + who + ": " + what);
    }

    long hash() {
        return hash;
    }

    long events() {
        return events;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    static String seconds(long nanos) {
        long micros = nanos / 1_000;
        String fraction = String.valueOf(1_000_000 + micros % 1_000_000).substring(1);
        return micros / 1_000_000 + "." + fraction;
    }

    private void mix(long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 29;
    }
}
