package io.sluice.log;

import io.sluice.base.Workers;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Does the same with each of many things, a few at a time, on workers. */
final class WorkQueue {
    private WorkQueue() {}

    /**
     * Done when {@code action} has run for every item; fails with what an action throws.
     *
     * @param parallelism how many at a time
     */
    static <T> CompletableFuture<Void> forEach(
            Workers workers, int parallelism, Collection<T> items, Consumer<T> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (items.isEmpty()) {
            done.complete(null);
            return done;
        }
        ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>(items);
        AtomicInteger left = new AtomicInteger(items.size());
        Runnable drain = () -> {
            for (T item = queue.poll(); item != null; item = queue.poll()) {
                try {
                    action.accept(item);
                } catch (RuntimeException e) {
                    done.completeExceptionally(e);
                }
                if (left.decrementAndGet() == 0) {
                    done.complete(null);
                }
            }
        };
        for (int i = 0; i < Math.min(Math.max(1, parallelism), items.size()); i++) {
            try {
                workers.execute(drain);
            } catch (RejectedExecutionException e) {
                if (i == 0) {
                    done.completeExceptionally(e);
                }
                break; // those that were accepted do it all
            }
        }
        return done;
    }
}
