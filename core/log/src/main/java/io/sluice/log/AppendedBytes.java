package io.sluice.log;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes that a store appends, as a clock for the page cache: what was written not more than
 * {@code cachedBytes} ago is taken to be there still. Safe from any thread.
 */
final class AppendedBytes {
    private final AtomicLong total = new AtomicLong();
    private final long cachedBytes;

    AppendedBytes(long cachedBytes) {
        this.cachedBytes = cachedBytes;
    }

    long add(int bytes) {
        return total.addAndGet(bytes);
    }

    long total() {
        return total.get();
    }

    long cachedBytes() {
        return cachedBytes;
    }
}
