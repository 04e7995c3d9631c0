package io.sluice.base;

import java.util.List;

/** The broker's loops, as many as cores. Things that have a home are spread over them by hash. */
public record Loops(List<Loop> all) {
    public Loops {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("at least one loop is needed");
        }
        all = List.copyOf(all);
    }

    /** The home loop of whatever has this hash; equal hashes meet on one loop. */
    public Loop homeOf(int hash) {
        // Spread the high bits down (Fibonacci hashing): consecutive partitions should alternate.
        int spread = (hash * 0x9E3779B9) >>> 16;
        return all.get(spread % all.size());
    }

    public int size() {
        return all.size();
    }
}
