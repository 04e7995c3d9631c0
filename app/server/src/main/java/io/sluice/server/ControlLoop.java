package io.sluice.server;

import io.sluice.base.Cancellable;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's loop: coordination, the controller, following the image. A thread of its own, so that a large
 * change of the cluster does not hold up sockets or partitions.
 */
final class ControlLoop implements Loop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControlLoop.class);

    private final ScheduledThreadPoolExecutor executor;
    private final Clock clock;
    private volatile Thread thread = Thread.currentThread();

    ControlLoop(Clock clock) {
        this.clock = clock;
        this.executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "control");
            made.setDaemon(true);
            thread = made;
            return made;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            log.debug("the control loop has ended; a task was dropped");
        }
    }

    @Override
    public Cancellable schedule(long delayMs, Runnable task) {
        try {
            Future<?> future = executor.schedule(guarded(task), delayMs, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            log.debug("the control loop has ended; a timer was dropped");
            return () -> {};
        }
    }

    /** An executor would keep a failure to itself; nothing else would tell of it. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("a task of the control plane failed", e);
            }
        };
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
