package io.sluice.base;

import java.util.concurrent.Executor;

/**
 * A single thread that owns things. Everything that a loop owns is changed by tasks of that loop only, so nothing needs
 * a lock. No task may block: no fsync, no cold read, no waiting for another thread.
 *
 * <p>Tasks given by one thread run in the order given. A task given from within the loop runs after the tasks and the
 * socket events that are already waiting, which is what write coalescing builds on.
 */
public interface Loop extends Executor {
    /** Position of this loop among its peers, from 0. */
    int index();

    /** Whether the calling thread is this loop. */
    boolean inLoop();

    /** Runs {@code task} on this loop later, never inside this call. Safe from any thread. */
    @Override
    void execute(Runnable task);

    /** Runs {@code task} on this loop once {@code delayMs} milliseconds have passed. Safe from any thread. */
    Cancellable schedule(long delayMs, Runnable task);

    Clock clock();

    /** Runs {@code task} at once when the caller is this loop, else {@link #execute hands it over}. */
    default void run(Runnable task) {
        if (inLoop()) {
            task.run();
        } else {
            execute(task);
        }
    }
}
