package io.sluice.kafka.handler;

import io.sluice.cluster.ClusterImage;
import io.sluice.engine.Engine;
import io.sluice.engine.group.Assignment;
import io.sluice.engine.group.ConsumerGroupDescribe;
import io.sluice.engine.group.GroupError;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;
import org.apache.kafka.common.protocol.ApiKeys;

/** ConsumerGroupDescribe (key 69, versions 0 and 1): groups of KIP-848's protocol. */
public final class ConsumerGroupDescribeHandler extends MessageHandler<ConsumerGroupDescribeRequestData> {
    private static final byte CLASSIC_MEMBER = 0;
    private static final byte CONSUMER_MEMBER = 1;

    private final Engine engine;

    public ConsumerGroupDescribeHandler(Engine engine) {
        super(ApiKeys.CONSUMER_GROUP_DESCRIBE);
        this.engine = engine;
    }

    @Override
    protected void handle(ConsumerGroupDescribeRequestData request, Exchange exchange) {
        exchange.respondWhen(
                engine.groups()
                        .describeConsumerGroups(
                                request.groupIds().stream().distinct().toList()),
                described -> answer(described, request.includeAuthorizedOperations(), engine.image()));
    }

    static ConsumerGroupDescribeResponseData answer(
            List<ConsumerGroupDescribe.Described> described, boolean operations, ClusterImage image) {
        return new ConsumerGroupDescribeResponseData()
                .setGroups(described.stream()
                        .map(group -> told(group, operations, image))
                        .toList());
    }

    private static DescribedGroup told(ConsumerGroupDescribe.Described group, boolean operations, ClusterImage image) {
        DescribedGroup told = new DescribedGroup()
                .setGroupId(group.groupId())
                .setErrorCode(ErrorCodes.of(group.error()).code());
        if (group.error() != GroupError.NONE) {
            String why = group.error() == GroupError.GROUP_ID_NOT_FOUND
                    ? "Group " + group.groupId() + " not found."
                    : ErrorCodes.of(group.error()).message();
            return told.setErrorMessage(why);
        }
        return told.setGroupState(group.state().label())
                .setGroupEpoch(group.groupEpoch())
                .setAssignmentEpoch(group.assignmentEpoch())
                .setAssignorName(group.assignor())
                .setAuthorizedOperations(AuthorizedOperations.group(operations))
                .setMembers(group.members().stream()
                        .map(member -> told(member, image))
                        .toList());
    }

    private static Member told(ConsumerGroupDescribe.Member member, ClusterImage image) {
        return new Member()
                .setMemberId(member.ref().memberId())
                .setInstanceId(member.ref().instanceId().orElse(null))
                .setRackId(member.rackId().orElse(null))
                .setMemberEpoch(member.memberEpoch())
                .setClientId(member.client().id())
                .setClientHost(member.client().host())
                .setSubscribedTopicNames(List.copyOf(member.subscribed().topics()))
                .setSubscribedTopicRegex(member.subscribed().regex().orElse(""))
                .setAssignment(told(member.assignment(), image))
                .setTargetAssignment(told(member.target(), image))
                .setMemberType(member.classic() ? CLASSIC_MEMBER : CONSUMER_MEMBER);
    }

    /** A topic that was deleted since has no name to tell. */
    private static ConsumerGroupDescribeResponseData.Assignment told(Assignment assignment, ClusterImage image) {
        ConsumerGroupDescribeResponseData.Assignment told = new ConsumerGroupDescribeResponseData.Assignment();
        for (UUID id : assignment.topicIds()) {
            image.topic(id).ifPresent(topic -> told.topicPartitions()
                    .add(new TopicPartitions()
                            .setTopicId(TopicIds.toWire(id))
                            .setTopicName(topic.name())
                            .setPartitions(assignment.partitions(id))));
        }
        return told;
    }
}
