package io.sluice.cluster;

import java.util.function.Function;

/** What became of a request, or of one topic or resource in it. */
public sealed interface Outcome<T> {
    /** It is done, durably in the coordination store, and in the image that listeners were told of. */
    record Done<T>(T value) implements Outcome<T> {}

    /**
     * It was not done.
     *
     * @param message names the topic or resource, what is wrong, and what would be right; fit to show to a client
     */
    record Refused<T>(Refusal reason, String message) implements Outcome<T> {}

    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Outcome<T> refused(Refusal reason, String message) {
        return new Refused<>(reason, message);
    }

    default boolean isDone() {
        return this instanceof Done;
    }

    default <R> Outcome<R> map(Function<? super T, ? extends R> change) {
        if (this instanceof Done<T> done) {
            return new Done<>(change.apply(done.value()));
        }
        Refused<T> refused = (Refused<T>) this;
        return new Refused<>(refused.reason(), refused.message());
    }
}
