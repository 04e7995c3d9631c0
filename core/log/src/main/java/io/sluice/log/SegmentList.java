package io.sluice.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The segments of a log in order; the last one is written to. An immutable array that the home loop replaces, so any
 * thread may look at {@link #all}.
 */
final class SegmentList {
    private volatile Segment[] segments;

    SegmentList(List<Segment> segments) {
        this.segments = segments.toArray(new Segment[0]);
    }

    /** Not to be changed by the caller. */
    Segment[] all() {
        return segments;
    }

    Segment active() {
        Segment[] now = segments;
        return now[now.length - 1];
    }

    /** Index of the segment whose base is the largest not above {@code offset}; 0 when all are above. */
    static int floor(Segment[] segments, long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].base() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Home loop. */
    void append(Segment segment) {
        Segment[] now = segments;
        Segment[] changed = Arrays.copyOf(now, now.length + 1);
        changed[now.length] = segment;
        segments = changed;
    }

    /** Replaces the last one. Home loop. */
    void replaceActive(Segment segment) {
        Segment[] changed = segments.clone();
        changed[changed.length - 1] = segment;
        segments = changed;
    }

    /** Keeps the first {@code kept} and puts {@code last} behind them; returns those that it takes out. Home loop. */
    List<Segment> replaceTail(int kept, Segment last) {
        Segment[] now = segments;
        Segment[] changed = Arrays.copyOf(now, kept + 1);
        changed[kept] = last;
        segments = changed;
        return new ArrayList<>(Arrays.asList(now).subList(kept, now.length));
    }

    /** Takes the oldest ones out and returns them. Home loop. */
    List<Segment> removeOldest(int count) {
        Segment[] now = segments;
        segments = Arrays.copyOfRange(now, count, now.length);
        return new ArrayList<>(Arrays.asList(now).subList(0, count));
    }

    long bytes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.size();
        }
        return bytes;
    }
}
