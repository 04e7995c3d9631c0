package io.sluice.cluster;

/**
 * Why the cluster did not do what was asked. Every refusal but {@link #OUTCOME_UNKNOWN} is definite: nothing changed.
 */
public enum Refusal {
    TOPIC_ALREADY_EXISTS,
    UNKNOWN_TOPIC,
    UNKNOWN_TOPIC_ID,
    INVALID_TOPIC_NAME,
    INVALID_PARTITIONS,
    INVALID_REPLICATION_FACTOR,
    INVALID_REPLICA_ASSIGNMENT,
    INVALID_CONFIG,
    /** The request contradicts itself: the same topic twice, both a name and an id, an unknown kind of resource. */
    INVALID_REQUEST,
    TOPIC_DELETION_DISABLED,
    /** A rule of this cluster forbids it, such as altering an internal topic. */
    POLICY_VIOLATION,
    /** The broker that asks has registered anew since; retriable once it knows its epoch. */
    STALE_BROKER_EPOCH,
    /** Another broker is controller, or none is yet; retriable. */
    NOT_CONTROLLER,
    /** ZooKeeper can't be reached; nothing was changed; retriable. */
    COORDINATION_UNAVAILABLE,
    /** The write was sent and its answer lost: it may or may not have happened; retriable after a look (R19). */
    OUTCOME_UNKNOWN;

    /** Whether asking again later, unchanged, may succeed. */
    public boolean isRetriable() {
        return switch (this) {
            case STALE_BROKER_EPOCH, NOT_CONTROLLER, COORDINATION_UNAVAILABLE, OUTCOME_UNKNOWN -> true;
            default -> false;
        };
    }
}
