package io.sluice.bench;

import java.util.concurrent.atomic.LongAdder;

/** Counts records while a load runs, for whoever shows progress. Any thread. */
final class Meter {
    private final LongAdder records = new LongAdder();

    void count(int more) {
        records.add(more);
    }

    long records() {
        return records.sum();
    }
}
