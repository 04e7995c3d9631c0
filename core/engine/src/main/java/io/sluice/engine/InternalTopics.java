package io.sluice.engine;

import java.util.Set;

/** The topics in which the broker keeps its own state. Clients may read them; they may write into the disk's reserve. */
public final class InternalTopics {
    /** Kafka's name for the topic of group offsets and group state. */
    public static final String OFFSETS = "__consumer_offsets";

    private static final Set<String> NAMES = Set.of(OFFSETS);

    /** Whether {@code topic} belongs to the broker. */
    public boolean isInternal(String topic) {
        return NAMES.contains(topic);
    }
}
