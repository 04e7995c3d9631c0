package io.sluice.system.history;

import java.util.function.LongSupplier;

/**
 * Moments since a history began in ticks of 100 µs, of which an int holds 59 hours. Rounded so that whoever compares the
 * {@link #end} of one thing with the {@link #start} of another never takes for earlier what was not. Of all threads.
 */
final class Moments {
    private static final long TICK_NANOS = 100_000;

    private final LongSupplier nanos;
    private final long origin;

    /**
     * @param nanos the clock, of which only differences count
     */
    Moments(LongSupplier nanos) {
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    /** The tick that runs. */
    int start() {
        return Math.toIntExact(passed() / TICK_NANOS);
    }

    /** The next tick. */
    int end() {
        return Math.toIntExact(passed() / TICK_NANOS + 1);
    }

    long nanos() {
        return nanos.getAsLong();
    }

    private long passed() {
        return nanos.getAsLong() - origin;
    }
}
