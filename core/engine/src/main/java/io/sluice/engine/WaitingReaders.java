package io.sluice.engine;

import java.util.ArrayList;
import java.util.List;

/** Who waits for a partition to grow. Owned by its home loop. */
final class WaitingReaders {
    private final List<ReadWaiter> waiters = new ArrayList<>();

    void add(ReadWaiter waiter, long readable) {
        waiters.add(waiter);
        waiter.offer(readable);
    }

    boolean remove(ReadWaiter waiter) {
        return waiters.remove(waiter);
    }

    /** Backwards, since one that is woken may unsubscribe at once. */
    void offer(long readable) {
        for (int i = waiters.size() - 1; i >= 0; i--) {
            waiters.get(i).offer(readable);
        }
    }

    /** Something changed that all must hear of. */
    void offerChange() {
        for (ReadWaiter waiter : List.copyOf(waiters)) {
            waiter.offerChange();
        }
    }
}
