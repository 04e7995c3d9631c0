package io.sluice.simulation;

import io.sluice.base.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Workers of a simulated process: each task runs a while after it was given, so that fsyncs, cold reads and deletions
 * overtake each other. The queue is bounded, as in production, but shorter.
 */
final class SimWorkers implements Workers {
    private static final int MOST_QUEUED = 64;

    private final SimProcess process;
    private final List<Runnable> stopped = new ArrayList<>();
    private int queued;
    private long slowestNanos = 3 * Simulation.MILLIS;

    SimWorkers(SimProcess process) {
        this.process = process;
    }

    /** How long work takes at most: the disk's speed. */
    void slowest(long nanos) {
        slowestNanos = nanos;
    }

    @Override
    public void execute(Runnable work) {
        if (!process.alive()) {
            return;
        }
        if (queued >= MOST_QUEUED) {
            throw new RejectedExecutionException("the workers of " + process.name() + " are busy");
        }
        queued++;
        begin(work);
    }

    private void begin(Runnable work) {
        long takes = process.simulation().pace().between(20 * Simulation.MICROS, slowestNanos);
        process.simulation().after(takes, process.owner(), "work", () -> carryOut(work));
    }

    private void carryOut(Runnable work) {
        if (!process.alive()) {
            return;
        }
        if (process.paused()) {
            stopped.add(work);
            return;
        }
        queued--;
        work.run();
    }

    void goOn() {
        List<Runnable> waiting = List.copyOf(stopped);
        stopped.clear();
        waiting.forEach(this::begin);
    }
}
