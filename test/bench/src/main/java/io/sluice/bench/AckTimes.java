package io.sluice.bench;

import java.util.OptionalLong;

/**
 * When records that were sent one after the other were acknowledged. All times are {@link System#nanoTime}'s. Not for
 * several threads.
 */
final class AckTimes {
    private long count;
    private long lastNanos;
    private long longestPauseNanos;
    private long watchedSinceNanos;
    private OptionalLong watched = OptionalLong.of(0);

    /** @param startNanos from when the first pause counts */
    AckTimes(long startNanos) {
        this.lastNanos = startNanos;
    }

    void add(long sentNanos, long ackedNanos) {
        count++;
        longestPauseNanos = Math.max(longestPauseNanos, ackedNanos - lastNanos);
        lastNanos = ackedNanos;
        if (watched.isEmpty() && sentNanos - watchedSinceNanos >= 0) {
            watched = OptionalLong.of(ackedNanos);
        }
    }

    long count() {
        return count;
    }

    /** From now on looks for the first acknowledgement of a record that is sent at that time or later. */
    void watch(long sentSinceNanos) {
        watchedSinceNanos = sentSinceNanos;
        watched = OptionalLong.empty();
    }

    /** When that acknowledgement came, if it has. */
    OptionalLong watched() {
        return watched;
    }

    /** Forgets the pauses that are over; one that lasts still counts from its beginning. */
    void forgetPauses() {
        longestPauseNanos = 0;
    }

    long longestPauseNanos(long nowNanos) {
        return Math.max(longestPauseNanos, nowNanos - lastNanos);
    }
}
