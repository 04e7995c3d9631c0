package io.sluice.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Waits for a partition to have something to read. It is subscribed to a partition once and then armed and disarmed
 * freely, so that a long poll costs no registration.
 *
 * <p>Armed by the reader's thread, fired by the partition's home loop; an atomic decides between them. A reader arms,
 * looks at the high watermark once more, and waits only if that has not moved: then either it sees the move or the
 * partition sees it armed.
 */
public abstract class ReadWaiter {
    private static final long DISARMED = Long.MAX_VALUE;

    private final AtomicLong armedAt = new AtomicLong(DISARMED);

    /** Asks to be woken once the partition can be read beyond {@code offset}. */
    public final void arm(long offset) {
        armedAt.set(offset);
    }

    /** Asks to be woken by a change only, such as a lost leadership, and by nothing that can be read. */
    public final void armForChange() {
        armedAt.set(DISARMED - 1);
    }

    /** No wake-up is wanted any more. One that is on its way may still arrive. */
    public final void disarm() {
        armedAt.lazySet(DISARMED);
    }

    /** Fires if armed for less than {@code highWatermark}. On the partition's home loop. */
    final void offer(long highWatermark) {
        long at = armedAt.get();
        if (at < highWatermark && armedAt.compareAndSet(at, DISARMED)) {
            wake();
        }
    }

    /** Fires if armed at all: something changed that a reader must hear of, such as a lost leadership. */
    final void offerChange() {
        if (armedAt.getAndSet(DISARMED) != DISARMED) {
            wake();
        }
    }

    /** Called on the partition's home loop; must hand over to the reader's own. */
    protected abstract void wake();
}
