package io.sluice.cluster;

import java.util.List;
import java.util.Map;

/**
 * A topic to be created.
 *
 * @param partitions how many, or {@link #DEFAULT} for the cluster's num.partitions
 * @param replicationFactor replicas per partition, or {@link #DEFAULT} for the cluster's default.replication.factor
 * @param assignment brokers per partition when the caller places them itself, preferred leader first; else empty.
 *     When given, both counts must be {@link #DEFAULT}
 * @param configs topic settings by name
 */
public record NewTopic(
        String name,
        int partitions,
        int replicationFactor,
        List<List<Integer>> assignment,
        Map<String, String> configs) {
    public static final int DEFAULT = -1;

    public NewTopic {
        assignment = List.copyOf(assignment);
        configs = Map.copyOf(configs);
    }

    public static NewTopic of(String name, int partitions, int replicationFactor) {
        return new NewTopic(name, partitions, replicationFactor, List.of(), Map.of());
    }

    public static NewTopic withDefaults(String name) {
        return of(name, DEFAULT, DEFAULT);
    }
}
