package io.sluice.cluster;

/**
 * Why the cluster did not do what was asked. Every refusal but {@link #OUTCOME_UNKNOWN} is definite: nothing changed.
 */
public enum Refusal {
    TOPIC_ALREADY_EXISTS,
    UNKNOWN_TOPIC,
    UNKNOWN_TOPIC_ID,
    UNKNOWN_PARTITION,
    /** No broker with this id has ever registered, or it was unregistered. */
    UNKNOWN_BROKER,
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
    /** A leader asks that leads no more: another leader epoch has begun; what it wants is no longer its business (R8). */
    FENCED_LEADER_EPOCH,
    /** The partition has changed since the state that the asker knows; it learns the new one from the image. */
    STALE_PARTITION_EPOCH,
    /** A replica is dead, has started anew since, or is shutting down, so it can't be in sync (R13). */
    INELIGIBLE_REPLICA,
    /** The partition has the leader that an election would give it. */
    ELECTION_NOT_NEEDED,
    /** The preferred leader is dead, leaves, or is not in sync. */
    PREFERRED_LEADER_NOT_AVAILABLE,
    /** No replica lives that could lead. */
    ELIGIBLE_LEADERS_NOT_AVAILABLE,
    NO_REASSIGNMENT_IN_PROGRESS,
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
            case STALE_BROKER_EPOCH,
                    STALE_PARTITION_EPOCH,
                    INELIGIBLE_REPLICA,
                    NOT_CONTROLLER,
                    COORDINATION_UNAVAILABLE,
                    OUTCOME_UNKNOWN -> true;
            default -> false;
        };
    }
}
