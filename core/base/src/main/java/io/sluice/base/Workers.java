package io.sluice.base;

import java.util.concurrent.Executor;

/**
 * Where blocking work goes: fsync, cold reads, index rebuilds, deletion. A bounded pool in production; in the
 * simulation a queue that the one thread drains. Work reports back by handing a task to the loop that wants the answer.
 */
public interface Workers extends Executor {
    /**
     * Queues {@code work}. When the bounded queue is full the call throws
     * {@link java.util.concurrent.RejectedExecutionException}, which the caller turns into a typed refusal.
     */
    @Override
    void execute(Runnable work);
}
