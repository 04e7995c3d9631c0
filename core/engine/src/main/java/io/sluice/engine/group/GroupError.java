package io.sluice.engine.group;

/** Why a group request was refused. Names follow Kafka's; front ends map them to their own codes in one place. */
public enum GroupError {
    NONE,
    /** The partition that holds the group is still being read; ask again soon. */
    COORDINATOR_LOAD_IN_PROGRESS,
    /** The coordinator cannot answer now, for instance because its log refuses writes; ask again. */
    COORDINATOR_NOT_AVAILABLE,
    /** Another broker leads the partition that holds the group; look the coordinator up again. */
    NOT_COORDINATOR,
    INVALID_GROUP_ID,
    GROUP_ID_NOT_FOUND,
    NON_EMPTY_GROUP,
    GROUP_SUBSCRIBED_TO_TOPIC,
    UNKNOWN_MEMBER_ID,
    MEMBER_ID_REQUIRED,
    ILLEGAL_GENERATION,
    REBALANCE_IN_PROGRESS,
    INCONSISTENT_GROUP_PROTOCOL,
    INVALID_SESSION_TIMEOUT,
    GROUP_MAX_SIZE_REACHED,
    FENCED_INSTANCE_ID,
    UNRELEASED_INSTANCE_ID,
    FENCED_MEMBER_EPOCH,
    STALE_MEMBER_EPOCH,
    UNSUPPORTED_ASSIGNOR,
    INVALID_REGULAR_EXPRESSION,
    INVALID_REQUEST,
    UNSUPPORTED_VERSION,
    OFFSET_METADATA_TOO_LARGE,
    /** A bound of the coordinator would be passed: too many groups, protocols, topics or bytes in one request. */
    POLICY_VIOLATION,
    UNKNOWN_SERVER_ERROR
}
