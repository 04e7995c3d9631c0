package io.sluice.network;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * What is said of clients that misbehave: so many lines a second, since whoever can make the broker write a line with
 * each connection can fill its disk. Safe from any thread.
 */
final class Complaints {
    static final int LINES_PER_SECOND = 20;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final AtomicLong windowStartNanos = new AtomicLong(Long.MIN_VALUE / 2);
    private final AtomicInteger lines = new AtomicInteger();

    /**
     * Whether one more line may be written now. The first one after some were left out says how many those were.
     *
     * @param log where to say it
     */
    boolean mayLog(Logger log, long nowNanos) {
        long start = windowStartNanos.get();
        if (nowNanos - start >= SECOND_NANOS && windowStartNanos.compareAndSet(start, nowNanos)) {
            int leftOut = lines.getAndSet(0) - LINES_PER_SECOND;
            if (leftOut > 0) {
                log.warn("{} more lines like the last ones, about clients, were left out", leftOut);
            }
        }
        return lines.incrementAndGet() <= LINES_PER_SECOND;
    }
}
