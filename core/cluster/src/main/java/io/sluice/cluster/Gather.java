package io.sluice.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Collects the outcomes of the parts of a request and completes its stage with the last of them. One thread. */
final class Gather<T> {
    private final List<T> outcomes;
    private final CompletableFuture<List<T>> whole = new CompletableFuture<>();
    private int missing;

    @SuppressWarnings("NullAway") // every place is filled before anybody sees the list
    Gather(int parts) {
        this.outcomes = new ArrayList<>(Collections.nCopies(parts, null));
        this.missing = parts;
        if (parts == 0) {
            whole.complete(List.of());
        }
    }

    Consumer<T> part(int index) {
        return outcome -> {
            outcomes.set(index, outcome);
            if (--missing == 0) {
                whole.complete(outcomes);
            }
        };
    }

    CompletionStage<List<T>> whole() {
        return whole;
    }
}
