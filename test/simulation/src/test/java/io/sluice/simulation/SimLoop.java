package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import java.util.ArrayDeque;

/** A loop of a simulated process: one task an event, in the order given, a little time apart. */
final class SimLoop implements Loop {
    private final SimProcess process;
    private final int index;
    private final String what;
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private boolean turnComes;

    SimLoop(SimProcess process, int index, String what) {
        this.process = process;
        this.index = index;
        this.what = what;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return process.simulation().running() == this;
    }

    @Override
    public void execute(Runnable task) {
        if (process.alive()) {
            ready.add(task);
            goOn();
        }
    }

    @Override
    public Cancellable schedule(long delayMs, Runnable task) {
        boolean[] cancelled = {false};
        Cancellable timer = process.simulation()
                .after(
                        delayMs * Simulation.MILLIS,
                        process.owner(),
                        "timer",
                        () -> execute(() -> {
                            if (!cancelled[0]) {
                                task.run();
                            }
                        }));
        return () -> {
            cancelled[0] = true;
            timer.cancel();
        };
    }

    @Override
    public Clock clock() {
        return process.clock();
    }

    /** Sees to it that what is ready gets its turn. */
    void goOn() {
        if (turnComes || ready.isEmpty() || process.paused() || !process.alive()) {
            return;
        }
        turnComes = true;
        process.simulation().after(pause(), process.owner(), what, this::turn);
    }

    private long pause() {
        Chance pace = process.simulation().pace();
        // Now and then the operating system has something better to do.
        return pace.oneIn(2_000) ? pace.between(1, 30) * Simulation.MILLIS : pace.between(1L, 20L) * Simulation.MICROS;
    }

    private void turn() {
        turnComes = false;
        if (process.paused() || !process.alive()) {
            return;
        }
        Runnable task = ready.poll();
        if (task != null) {
            process.simulation().run(this, task);
        }
        goOn();
    }

    /** The same in every run, as maps of loops must have the same order. */
    @Override
    public int hashCode() {
        return process.owner() * 31 + index;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public String toString() {
        return process.name() + "/" + what + index;
    }
}
