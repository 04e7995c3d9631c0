package io.sluice.kafka.handler;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Requests about groups, each about a group of its own. */
final class GroupSamples {
    static final Set<ApiKeys> TYPES = Set.of(
            ApiKeys.FIND_COORDINATOR,
            ApiKeys.JOIN_GROUP,
            ApiKeys.SYNC_GROUP,
            ApiKeys.HEARTBEAT,
            ApiKeys.LEAVE_GROUP,
            ApiKeys.OFFSET_COMMIT,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.LIST_GROUPS,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.DELETE_GROUPS,
            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
            ApiKeys.CONSUMER_GROUP_DESCRIBE);

    private static final int SESSION_MS = 30_000;
    private static final int JOINS_AT_ONCE = 3;
    private static final int ID_REQUIRED = 4;

    private final TestBroker broker;
    private int made;

    GroupSamples(TestBroker broker) {
        this.broker = broker;
    }

    private record Joined(String memberId, int generation) {
        static final Joined NOBODY = new Joined("nobody", 7);
    }

    ApiMessage request(ApiKeys api, short version, String topic, Uuid topicId) throws Exception {
        String group = "group-" + made++;
        awaitCoordinator(group);
        return switch (api) {
            case SYNC_GROUP, HEARTBEAT, LEAVE_GROUP -> ofMember(api, version, group, join(group));
            case JOIN_GROUP -> joining(group, version >= ID_REQUIRED ? requiredId(group) : "");
            case OFFSET_DELETE, DELETE_GROUPS -> {
                ask(ApiKeys.OFFSET_COMMIT, 9, commit((short) 9, group, topic, topicId));
                yield ofOffsets(api, version, group, topic, topicId);
            }
            case DESCRIBE_GROUPS -> {
                join(group);
                yield new DescribeGroupsRequestData().setGroups(List.of(group));
            }
            case CONSUMER_GROUP_DESCRIBE -> {
                ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, 1, heartbeat(group, topic, Uuid.randomUuid() + "", 0));
                yield new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group));
            }
            case CONSUMER_GROUP_HEARTBEAT -> heartbeat(group, topic, version == 0 ? "" : Uuid.randomUuid() + "", 0);
            case FIND_COORDINATOR -> find(version, group);
            case LIST_GROUPS -> new ListGroupsRequestData();
            default -> ofOffsets(api, version, group, topic, topicId);
        };
    }

    ApiMessage unknown(ApiKeys api, short version, String topic, Uuid topicId) {
        String group = "nowhere";
        return switch (api) {
            case SYNC_GROUP, HEARTBEAT, LEAVE_GROUP -> ofMember(api, version, group, Joined.NOBODY);
            case JOIN_GROUP -> joining(group, Joined.NOBODY.memberId());
            case CONSUMER_GROUP_DESCRIBE -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group));
            case CONSUMER_GROUP_HEARTBEAT -> heartbeat(group, topic, Joined.NOBODY.memberId(), 7);
            default -> ofOffsets(api, version, group, topic, topicId);
        };
    }

    private void awaitCoordinator(String group) throws Exception {
        FindCoordinatorResponseData found = ask(ApiKeys.FIND_COORDINATOR, 4, find((short) 4, group));
        if (found.coordinators().get(0).errorCode() != 0) {
            throw new AssertionError(found.toString());
        }
    }

    private Joined join(String group) throws Exception {
        JoinGroupResponseData joined = ask(ApiKeys.JOIN_GROUP, JOINS_AT_ONCE, joining(group, ""));
        return new Joined(joined.memberId(), joined.generationId());
    }

    private String requiredId(String group) throws Exception {
        JoinGroupResponseData refused = ask(ApiKeys.JOIN_GROUP, ID_REQUIRED, joining(group, ""));
        return refused.memberId();
    }

    private <R extends ApiMessage> R ask(ApiKeys api, int version, ApiMessage request) throws Exception {
        try (WireClient client = broker.connect()) {
            return client.ask(api, version, request);
        }
    }

    private static FindCoordinatorRequestData find(short version, String group) {
        return version < FindCoordinatorHandler.BATCHED_FROM
                ? new FindCoordinatorRequestData().setKey(group)
                : new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group));
    }

    private static JoinGroupRequestData joining(String group, String memberId) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(SESSION_MS)
                .setProtocolType("consumer");
        request.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[] {0, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
        return request;
    }

    private static ApiMessage ofMember(ApiKeys api, short version, String group, Joined member) {
        return switch (api) {
            case SYNC_GROUP -> {
                SyncGroupRequestData request = new SyncGroupRequestData()
                        .setGroupId(group)
                        .setGenerationId(member.generation())
                        .setMemberId(member.memberId())
                        .setAssignments(List.of(new SyncGroupRequestData.SyncGroupRequestAssignment()
                                .setMemberId(member.memberId())
                                .setAssignment(new byte[] {1, 2, 3})));
                yield version < 5
                        ? request
                        : request.setProtocolType("consumer").setProtocolName("range");
            }
            case HEARTBEAT ->
                new HeartbeatRequestData()
                        .setGroupId(group)
                        .setGenerationId(member.generation())
                        .setMemberId(member.memberId());
            default -> {
                LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
                yield version < LeaveGroupHandler.BATCHED_FROM
                        ? request.setMemberId(member.memberId())
                        : request.setMembers(
                                List.of(new LeaveGroupRequestData.MemberIdentity().setMemberId(member.memberId())));
            }
        };
    }

    private static ConsumerGroupHeartbeatRequestData heartbeat(String group, String topic, String memberId, int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setMemberEpoch(epoch)
                .setRebalanceTimeoutMs(SESSION_MS)
                .setSubscribedTopicNames(List.of(topic))
                .setTopicPartitions(List.of());
    }

    private static ApiMessage ofOffsets(ApiKeys api, short version, String group, String topic, Uuid topicId) {
        return switch (api) {
            case OFFSET_COMMIT -> commit(version, group, topic, topicId);
            case OFFSET_FETCH -> fetch(version, group, topic, topicId);
            case OFFSET_DELETE -> {
                OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(group);
                request.topics()
                        .add(new OffsetDeleteRequestData.OffsetDeleteRequestTopic()
                                .setName(topic)
                                .setPartitions(List.of(new OffsetDeleteRequestData.OffsetDeleteRequestPartition())));
                yield request;
            }
            case DELETE_GROUPS -> new DeleteGroupsRequestData().setGroupsNames(List.of(group));
            default -> throw new AssertionError("write a sample of " + api);
        };
    }

    private static OffsetCommitRequestData commit(short version, String group, String topic, Uuid topicId) {
        OffsetCommitRequestData.OffsetCommitRequestTopic data = new OffsetCommitRequestData.OffsetCommitRequestTopic()
                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition()
                        .setCommittedOffset(5)
                        .setCommittedMetadata("here")));
        boolean byId = version >= OffsetCommitHandler.TOPIC_ID_FROM;
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setTopics(List.of(byId ? data.setTopicId(topicId) : data.setName(topic)));
    }

    private static ApiMessage fetch(short version, String group, String topic, Uuid topicId) {
        if (version < OffsetFetchHandler.BATCHED_FROM) {
            return new OffsetFetchRequestData()
                    .setGroupId(group)
                    .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                            .setName(topic)
                            .setPartitionIndexes(List.of(0))));
        }
        OffsetFetchRequestData.OffsetFetchRequestTopics data =
                new OffsetFetchRequestData.OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
        boolean byId = version >= OffsetFetchHandler.TOPIC_ID_FROM;
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestData.OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(byId ? data.setTopicId(topicId) : data.setName(topic)))));
    }
}
