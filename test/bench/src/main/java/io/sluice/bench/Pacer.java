package io.sluice.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An open loop's clock: record {@code i} is due at {@code start + i / rate}, however late the ones before it were. It
 * parks until shortly before, then spins, because a park alone overshoots by the kernel's timer slack.
 */
final class Pacer {
    private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(80);

    private final double nanosPerRecord;
    private final long startNanos;

    Pacer(double recordsPerSecond, long startNanos) {
        this.nanosPerRecord = TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
        this.startNanos = startNanos;
    }

    long dueNanos(long index) {
        return startNanos + (long) (index * nanosPerRecord);
    }

    /** Returns the moment when record {@code index} was due, not before it. */
    long await(long index) {
        long due = dueNanos(index);
        long left = due - System.nanoTime();
        while (left > 0) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
            left = due - System.nanoTime();
        }
        return due;
    }
}
