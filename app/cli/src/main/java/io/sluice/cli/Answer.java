package io.sluice.cli;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;

/** Waits for what the admin client was asked. The client bounds every wait by {@code --timeout}. */
final class Answer {
    private Answer() {}

    /** The answer, or a failure whose one line names {@code subject}, such as {@code topic "orders"}. */
    static <T> T of(KafkaFuture<T> future, String subject) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new CommandFailure(ErrorLine.of(subject, e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ErrorLine.of(subject, e), e);
        }
    }

    /** The answer about one of several things that were asked at once. */
    static <K, T> T of(Map<K, KafkaFuture<T>> futures, K key, String subject) {
        return of(Objects.requireNonNull(futures.get(key), "every key that was asked has a future"), subject);
    }

    /** The answer, or nothing where the broker cannot say: for figures that a table shows as a dash. */
    static <T> Optional<T> ifKnown(KafkaFuture<T> future) {
        try {
            return Optional.of(future.get());
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
