package io.sluice.engine.group;

import java.util.Set;

/** Port: what the coordinator sees of the cluster's topics. Safe from any thread; must not block. */
public interface Topics {
    /** The same object until something changes: the coordinator compares it to see whether to look at all. */
    TopicView current();

    /** From now on calls {@code listener}, on any thread, after {@link #current} has changed. */
    void subscribe(Listener listener);

    /** Hears of changes. */
    @FunctionalInterface
    interface Listener {
        /** {@code deleted} names the topics that are gone, also when a new topic has taken the name since. */
        void topicsChanged(Set<String> deleted);
    }
}
