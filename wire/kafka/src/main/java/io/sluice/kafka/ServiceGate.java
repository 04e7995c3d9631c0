package io.sluice.kafka;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Holds clients' requests back until this broker serves. Listeners open before that, since brokers that start at the same
 * time need each other to get ready: what they say to one another passes. Opened once; any thread.
 */
public final class ServiceGate {
    /** Each connection waits at most once. */
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private volatile boolean open;

    /** A gate that is open. */
    public static ServiceGate opened() {
        ServiceGate gate = new ServiceGate();
        gate.open();
        return gate;
    }

    public boolean isOpen() {
        return open;
    }

    public void open() {
        open = true;
        wake();
    }

    /** Runs {@code task} once the gate is open, maybe at once and on any thread. */
    void whenOpen(Runnable task) {
        waiting.add(task);
        if (open) {
            wake();
        }
    }

    private void wake() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }
}
