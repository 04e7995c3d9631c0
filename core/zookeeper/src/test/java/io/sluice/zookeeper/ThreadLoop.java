package io.sluice.zookeeper;

import io.sluice.base.Cancellable;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import io.sluice.base.SystemClock;
import io.sluice.base.Workers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A loop on a thread of its own, and workers beside it. */
final class ThreadLoop implements Loop, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;
    private final ExecutorService workers = Executors.newCachedThreadPool(ThreadLoop::daemon);
    private final Thread[] thread = new Thread[1];

    ThreadLoop() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            thread[0] = daemon(task);
            return thread[0];
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static Thread daemon(Runnable task) {
        Thread made = new Thread(task, "test-loop");
        made.setDaemon(true);
        return made;
    }

    Workers workers() {
        return workers::execute;
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread[0];
    }

    @Override
    public void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(task);
        }
    }

    @Override
    public Cancellable schedule(long delayMs, Runnable task) {
        if (executor.isShutdown()) {
            return () -> {};
        }
        Future<?> future = executor.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public Clock clock() {
        return SystemClock.INSTANCE;
    }

    @Override
    public void close() {
        executor.shutdownNow();
        workers.shutdownNow();
    }
}
