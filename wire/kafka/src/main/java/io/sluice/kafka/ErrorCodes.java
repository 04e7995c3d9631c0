package io.sluice.kafka;

import io.sluice.cluster.Refusal;
import io.sluice.engine.AppendError;
import io.sluice.engine.ReadError;
import io.sluice.engine.group.GroupError;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** The one place where the domain's refusals become Kafka's error codes. */
public final class ErrorCodes {
    private ErrorCodes() {}

    public static Errors of(AppendError error) {
        return switch (error) {
            case CORRUPT_BATCH -> Errors.CORRUPT_MESSAGE;
            case INVALID_BATCH -> Errors.INVALID_RECORD;
            case BATCH_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
            case INVALID_TIMESTAMP -> Errors.INVALID_TIMESTAMP;
            case UNSUPPORTED_COMPRESSION -> Errors.UNSUPPORTED_COMPRESSION_TYPE;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case DUPLICATE_SEQUENCE -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case FENCED_PRODUCER -> Errors.INVALID_PRODUCER_EPOCH;
            case NOT_LEADER, LOST_LEADERSHIP_AFTER_APPEND -> Errors.NOT_LEADER_OR_FOLLOWER;
            case NOT_ENOUGH_REPLICAS -> Errors.NOT_ENOUGH_REPLICAS;
            case NOT_ENOUGH_REPLICAS_AFTER_APPEND -> Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
            case TIMED_OUT -> Errors.REQUEST_TIMED_OUT;
            case DISK_FULL, STORAGE_FAILED, STORAGE_FAILED_AFTER_APPEND -> Errors.KAFKA_STORAGE_ERROR;
        };
    }

    public static Errors of(ReadError error) {
        return switch (error) {
            case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
            case FENCED_LEADER_EPOCH -> Errors.FENCED_LEADER_EPOCH;
            case UNKNOWN_LEADER_EPOCH -> Errors.UNKNOWN_LEADER_EPOCH;
            case NOT_LEADER -> Errors.NOT_LEADER_OR_FOLLOWER;
            case OFFSET_NOT_AVAILABLE -> Errors.OFFSET_NOT_AVAILABLE;
            case TIMED_OUT -> Errors.REQUEST_TIMED_OUT;
            case STORAGE_FAILED -> Errors.KAFKA_STORAGE_ERROR;
        };
    }

    /**
     * What another broker's code for a partition means to the replica that fetches; empty for none. A partition that the
     * other broker does not know, or not yet, is led elsewhere as far as that replica can tell: it asks again once it
     * knows more.
     */
    public static Optional<ReadError> readError(short code) {
        Errors error = Errors.forCode(code);
        return switch (error) {
            case NONE -> Optional.empty();
            case OFFSET_OUT_OF_RANGE -> Optional.of(ReadError.OFFSET_OUT_OF_RANGE);
            case FENCED_LEADER_EPOCH -> Optional.of(ReadError.FENCED_LEADER_EPOCH);
            case UNKNOWN_LEADER_EPOCH -> Optional.of(ReadError.UNKNOWN_LEADER_EPOCH);
            case KAFKA_STORAGE_ERROR, CORRUPT_MESSAGE -> Optional.of(ReadError.STORAGE_FAILED);
            default -> Optional.of(ReadError.NOT_LEADER);
        };
    }

    public static Errors of(GroupError error) {
        return switch (error) {
            case NONE -> Errors.NONE;
            case COORDINATOR_LOAD_IN_PROGRESS -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
            case COORDINATOR_NOT_AVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_COORDINATOR -> Errors.NOT_COORDINATOR;
            case INVALID_GROUP_ID -> Errors.INVALID_GROUP_ID;
            case GROUP_ID_NOT_FOUND -> Errors.GROUP_ID_NOT_FOUND;
            case NON_EMPTY_GROUP -> Errors.NON_EMPTY_GROUP;
            case GROUP_SUBSCRIBED_TO_TOPIC -> Errors.GROUP_SUBSCRIBED_TO_TOPIC;
            case UNKNOWN_MEMBER_ID -> Errors.UNKNOWN_MEMBER_ID;
            case MEMBER_ID_REQUIRED -> Errors.MEMBER_ID_REQUIRED;
            case ILLEGAL_GENERATION -> Errors.ILLEGAL_GENERATION;
            case REBALANCE_IN_PROGRESS -> Errors.REBALANCE_IN_PROGRESS;
            case INCONSISTENT_GROUP_PROTOCOL -> Errors.INCONSISTENT_GROUP_PROTOCOL;
            case INVALID_SESSION_TIMEOUT -> Errors.INVALID_SESSION_TIMEOUT;
            case GROUP_MAX_SIZE_REACHED -> Errors.GROUP_MAX_SIZE_REACHED;
            case FENCED_INSTANCE_ID -> Errors.FENCED_INSTANCE_ID;
            case UNRELEASED_INSTANCE_ID -> Errors.UNRELEASED_INSTANCE_ID;
            case FENCED_MEMBER_EPOCH -> Errors.FENCED_MEMBER_EPOCH;
            case STALE_MEMBER_EPOCH -> Errors.STALE_MEMBER_EPOCH;
            case UNSUPPORTED_ASSIGNOR -> Errors.UNSUPPORTED_ASSIGNOR;
            case INVALID_REGULAR_EXPRESSION -> Errors.INVALID_REGULAR_EXPRESSION;
            case INVALID_REQUEST -> Errors.INVALID_REQUEST;
            case UNSUPPORTED_VERSION -> Errors.UNSUPPORTED_VERSION;
            case OFFSET_METADATA_TOO_LARGE -> Errors.OFFSET_METADATA_TOO_LARGE;
            case POLICY_VIOLATION -> Errors.POLICY_VIOLATION;
            case UNKNOWN_SERVER_ERROR -> Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    public static Errors of(Refusal refusal) {
        return switch (refusal) {
            case TOPIC_ALREADY_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
            case UNKNOWN_TOPIC -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case UNKNOWN_TOPIC_ID -> Errors.UNKNOWN_TOPIC_ID;
            case INVALID_TOPIC_NAME -> Errors.INVALID_TOPIC_EXCEPTION;
            case INVALID_PARTITIONS -> Errors.INVALID_PARTITIONS;
            case INVALID_REPLICATION_FACTOR -> Errors.INVALID_REPLICATION_FACTOR;
            case INVALID_REPLICA_ASSIGNMENT -> Errors.INVALID_REPLICA_ASSIGNMENT;
            case INVALID_CONFIG -> Errors.INVALID_CONFIG;
            case INVALID_REQUEST -> Errors.INVALID_REQUEST;
            case UNKNOWN_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case UNKNOWN_BROKER -> Errors.BROKER_ID_NOT_REGISTERED;
            case FENCED_LEADER_EPOCH -> Errors.FENCED_LEADER_EPOCH;
            case STALE_PARTITION_EPOCH -> Errors.INVALID_UPDATE_VERSION;
            case INELIGIBLE_REPLICA -> Errors.INELIGIBLE_REPLICA;
            case ELECTION_NOT_NEEDED -> Errors.ELECTION_NOT_NEEDED;
            case PREFERRED_LEADER_NOT_AVAILABLE -> Errors.PREFERRED_LEADER_NOT_AVAILABLE;
            case ELIGIBLE_LEADERS_NOT_AVAILABLE -> Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE;
            case NO_REASSIGNMENT_IN_PROGRESS -> Errors.NO_REASSIGNMENT_IN_PROGRESS;
            case TOPIC_DELETION_DISABLED -> Errors.TOPIC_DELETION_DISABLED;
            case POLICY_VIOLATION -> Errors.POLICY_VIOLATION;
            case STALE_BROKER_EPOCH -> Errors.STALE_BROKER_EPOCH;
            case NOT_CONTROLLER -> Errors.NOT_CONTROLLER;
            case COORDINATION_UNAVAILABLE -> Errors.COORDINATOR_NOT_AVAILABLE;
            case OUTCOME_UNKNOWN -> Errors.REQUEST_TIMED_OUT;
        };
    }
}
