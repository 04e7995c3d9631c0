package io.sluice.cluster;

import java.util.UUID;

/** Which topic is meant: by its name, or by the id that survives no deletion. */
public sealed interface TopicRef {
    record ByName(String name) implements TopicRef {}

    record ById(UUID id) implements TopicRef {}

    static TopicRef name(String name) {
        return new ByName(name);
    }

    static TopicRef id(UUID id) {
        return new ById(id);
    }
}
