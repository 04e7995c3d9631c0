package io.sluice.kafka.handler;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many partitions the sessions and the waiting fetches of all connections may name between them. Each takes some
 * memory for as long as it is remembered, whether it exists or not. Any thread.
 */
final class FetchTargets {
    private static final int LEAST = 20_000;
    private static final int HEAP_BYTES_EACH = 4 * 1024;

    private final int limit;
    private final AtomicInteger taken = new AtomicInteger();

    FetchTargets(int limit) {
        this.limit = limit;
    }

    /** One for each 4 KiB of heap: 131,072 in 512 MB. */
    static FetchTargets ofHeap() {
        return new FetchTargets((int)
                Math.min(Integer.MAX_VALUE, Math.max(LEAST, Runtime.getRuntime().maxMemory() / HEAP_BYTES_EACH)));
    }

    boolean tryTake(int count) {
        int before = taken.get();
        while (count <= limit - before) {
            if (taken.compareAndSet(before, before + count)) {
                return true;
            }
            before = taken.get();
        }
        return false;
    }

    void giveBack(int count) {
        taken.addAndGet(-count);
    }

    int taken() {
        return taken.get();
    }
}
