package io.sluice.network;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The budget for bytes of whole frames held over all connections. A connection that finds it exhausted stops reading and
 * is woken when bytes come back, so that memory stays bounded and clients feel back-pressure instead of errors. Safe
 * from any thread.
 */
final class FrameMemory {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    /** Each connection waits at most once, so the queue is bounded by the connection limit. */
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    FrameMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    boolean exhausted() {
        return usedBytes.get() >= limitBytes;
    }

    void take(int bytes) {
        usedBytes.addAndGet(bytes);
    }

    void giveBack(int bytes) {
        if (usedBytes.addAndGet(-bytes) < limitBytes) {
            wakeAll();
        }
    }

    /** Calls {@code wake} once there may be room; {@code wake} must hand over to its own loop. */
    void whenAvailable(Runnable wake) {
        waiting.add(wake);
        if (!exhausted()) {
            wakeAll();
        }
    }

    private void wakeAll() {
        for (Runnable wake = waiting.poll(); wake != null; wake = waiting.poll()) {
            wake.run();
        }
    }
}
