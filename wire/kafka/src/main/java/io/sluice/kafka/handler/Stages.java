package io.sluice.kafka.handler;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Ways to wait for several answers, or not longer than a client does. */
final class Stages {
    private Stages() {}

    /** Done with all results, in the order of {@code stages}, once every one is done. */
    static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> futures =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }

    /** Done with what {@code stage} gives, or with {@code otherwise} when that takes longer than {@code timeoutMs}. */
    static <T> CompletionStage<T> within(
            long timeoutMs, Loop timer, CompletionStage<T> stage, Supplier<? extends T> otherwise) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Cancellable timeout = timer.schedule(Math.max(0, timeoutMs), () -> result.complete(otherwise.get()));
        stage.whenComplete((value, failure) -> {
            timeout.cancel();
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(value);
            }
        });
        return result;
    }
}
