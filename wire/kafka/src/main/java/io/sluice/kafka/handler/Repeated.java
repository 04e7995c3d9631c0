package io.sluice.kafka.handler;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/** Finds what a request names more than once; Kafka refuses all of its mentions. */
final class Repeated {
    private Repeated() {}

    static <T, K> Set<K> in(Collection<T> items, Function<? super T, ? extends K> key) {
        Set<K> seen = new HashSet<>();
        Set<K> twice = new HashSet<>();
        for (T item : items) {
            K named = key.apply(item);
            if (!seen.add(named)) {
                twice.add(named);
            }
        }
        return twice;
    }
}
