package io.sluice.system.probe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Utils;
import org.awaitility.Awaitility;

/** Groups in every state, made by requests. */
final class GroupFixtures {
    private static final int SESSION_MS = 300_000;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int BY_NAME = 9;

    /** @param epoch the member's generation, or member epoch */
    record Member(String group, String id, int epoch) {}

    private final Probe probe;
    private final String topic;
    private final Uuid topicId;

    GroupFixtures(Probe probe) throws IOException {
        this.probe = probe;
        this.topic = probe.name("topic");
        CreateTopicsResponseData created = probe.ask(
                ApiKeys.CREATE_TOPICS,
                new CreateTopicsRequestData()
                        .setTimeoutMs(30_000)
                        .setTopics(new CreatableTopicCollection(List.of(new CreatableTopic()
                                        .setName(topic)
                                        .setNumPartitions(2)
                                        .setReplicationFactor((short) 1))
                                .iterator())));
        topicId = created.topics().find(topic).topicId();
        probe.ask(ApiKeys.FIND_COORDINATOR, new FindCoordinatorRequestData().setCoordinatorKeys(List.of("any")));
        awaitTopicKnownToCoordinators();
    }

    /** Kafka's group coordinators hear of a topic a moment after its leader. */
    private void awaitTopicKnownToCoordinators() {
        Awaitility.await().atMost(LIMIT).until(() -> {
            ConsumerGroupHeartbeatResponseData answer = probe.ask(
                    ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                    joinConsumers(probe.name("group"), Uuid.randomUuid().toString()));
            return answer.assignment() != null
                    && !answer.assignment().topicPartitions().isEmpty();
        });
    }

    /** A topic of two partitions. */
    String topic() {
        return topic;
    }

    Uuid topicId() {
        return topicId;
    }

    JoinGroupRequestData join(String group, String member) {
        return new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(SESSION_MS)
                .setProtocolType("consumer")
                .setProtocols(protocols("range"));
    }

    static JoinGroupRequestProtocolCollection protocols(String name) {
        ByteBuffer metadata = ConsumerProtocol.serializeSubscription(new Subscription(List.of("subscribed")));
        return new JoinGroupRequestProtocolCollection(
                List.of(new JoinGroupRequestProtocol().setName(name).setMetadata(Utils.toArray(metadata)))
                        .iterator());
    }

    private JoinGroupRequestData joinSubscribed(String group, String member) {
        ByteBuffer metadata = ConsumerProtocol.serializeSubscription(new Subscription(List.of(topic)));
        return join(group, member)
                .setProtocols(new JoinGroupRequestProtocolCollection(
                        List.of(new JoinGroupRequestProtocol().setName("range").setMetadata(Utils.toArray(metadata)))
                                .iterator()));
    }

    /** A group of one member that has its assignment. */
    Member stable() {
        return stableInstance(null);
    }

    Member stableInstance(String instance) {
        String group = probe.name("group");
        try {
            JoinGroupResponseData first = awaitLoaded(
                    () -> probe.ask(
                            ApiKeys.JOIN_GROUP, joinSubscribed(group, "").setGroupInstanceId(instance)),
                    JoinGroupResponseData::errorCode);
            JoinGroupResponseData joined =
                    instance != null ? first : probe.ask(ApiKeys.JOIN_GROUP, joinSubscribed(group, first.memberId()));
            probe.ask(
                    ApiKeys.SYNC_GROUP,
                    new SyncGroupRequestData()
                            .setGroupId(group)
                            .setMemberId(joined.memberId())
                            .setGroupInstanceId(instance)
                            .setGenerationId(joined.generationId())
                            .setProtocolType("consumer")
                            .setProtocolName("range")
                            .setAssignments(List.of(new SyncGroupRequestAssignment()
                                    .setMemberId(joined.memberId())
                                    .setAssignment(assignment()))));
            return new Member(group, joined.memberId(), joined.generationId());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] assignment() {
        List<TopicPartition> both = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        return Utils.toArray(ConsumerProtocol.serializeAssignment(new Assignment(both)));
    }

    /** A classic group that its member has left, with an offset. */
    String empty() {
        Member member = stable();
        try {
            probe.ask(
                    ApiKeys.LEAVE_GROUP,
                    new LeaveGroupRequestData()
                            .setGroupId(member.group())
                            .setMembers(List.of(new MemberIdentity().setMemberId(member.id()))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commit(member.group());
        return member.group();
    }

    /** A group that never had a member. */
    String offsetsOnly() {
        String group = probe.name("group");
        commit(group);
        return group;
    }

    private void commit(String group) {
        awaitLoaded(
                () -> probe.ask(
                        ApiKeys.OFFSET_COMMIT,
                        BY_NAME,
                        new OffsetCommitRequestData()
                                .setGroupId(group)
                                .setTopics(List.of(new OffsetCommitRequestTopic()
                                        .setName(topic)
                                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                                .setPartitionIndex(0)
                                                .setCommittedOffset(5)))))),
                (OffsetCommitResponseData answer) ->
                        answer.topics().get(0).partitions().get(0).errorCode());
    }

    /** A heartbeat with which a member joins a consumer group. */
    ConsumerGroupHeartbeatRequestData joinConsumers(String group, String member) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(SESSION_MS)
                .setSubscribedTopicNames(List.of(topic))
                .setTopicPartitions(List.of());
    }

    /** A consumer group of one member that has its assignment. */
    Member consumers() {
        String group = probe.name("group");
        String id = Uuid.randomUuid().toString();
        ConsumerGroupHeartbeatResponseData joined = awaitLoaded(
                () -> probe.ask(ApiKeys.CONSUMER_GROUP_HEARTBEAT, joinConsumers(group, id)),
                ConsumerGroupHeartbeatResponseData::errorCode);
        return new Member(group, id, joined.memberEpoch());
    }

    interface Call<R> {
        R ask() throws IOException;
    }

    interface Code<R> {
        short of(R answer);
    }

    /** As clients do: asks again while the coordinator is not ready. */
    static <R> R awaitLoaded(Call<R> call, Code<R> code) {
        return Awaitility.await().atMost(LIMIT).until(call::ask, answer -> switch (Errors.forCode(code.of(answer))) {
            case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR -> false;
            default -> true;
        });
    }
}
