package io.sluice.cluster.settings;

/** Why settings that Kafka's tools expect have no effect so far. */
final class Idle {
    static final String NO_COMPACTION = "logs are not compacted";
    static final String INDEX_FREE =
            "a segment is closed by its own size and age alone, and its index takes what it needs";

    private Idle() {}
}
