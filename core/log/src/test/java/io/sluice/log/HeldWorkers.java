package io.sluice.log;

import io.sluice.base.Workers;
import java.util.ArrayDeque;

/** Workers that do nothing until told to, so that a test decides what is overtaken by what. For one thread. */
final class HeldWorkers implements Workers {
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
        held.add(task);
    }

    int count() {
        return held.size();
    }

    Runnable takeLast() {
        return held.removeLast();
    }

    void runAll() {
        for (Runnable task = held.poll(); task != null; task = held.poll()) {
            task.run();
        }
    }
}
