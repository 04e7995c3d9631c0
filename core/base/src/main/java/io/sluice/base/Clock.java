package io.sluice.base;

/** Time as the core sees it. Production uses {@link SystemClock}; tests and the simulation drive their own. */
public interface Clock {
    /** Monotonic time in nanoseconds; only differences mean anything. */
    long nanoTime();

    /** Wall-clock time in milliseconds since the epoch, as record timestamps use it. It may jump. */
    long wallMs();
}
