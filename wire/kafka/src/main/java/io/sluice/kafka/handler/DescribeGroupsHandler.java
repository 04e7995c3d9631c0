package io.sluice.kafka.handler;

import io.sluice.engine.group.DescribeGroups;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.Groups;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * DescribeGroups (key 15, versions 0 to 6): classic groups. Before version 6 a group that does not exist is described
 * as dead.
 */
public final class DescribeGroupsHandler extends MessageHandler<DescribeGroupsRequestData> {
    private static final int OPERATIONS_FROM = 3;
    private static final int NOT_FOUND_FROM = 6;

    private final Groups groups;

    public DescribeGroupsHandler(Groups groups) {
        super(ApiKeys.DESCRIBE_GROUPS);
        this.groups = groups;
    }

    @Override
    protected void handle(DescribeGroupsRequestData request, Exchange exchange) {
        exchange.respondWhen(
                groups.describeGroups(request.groups().stream().distinct().toList()),
                described -> answer(described, request.includeAuthorizedOperations(), exchange.version()));
    }

    static DescribeGroupsResponseData answer(
            List<DescribeGroups.Described> described, boolean operations, short version) {
        return new DescribeGroupsResponseData()
                .setGroups(described.stream()
                        .map(group -> told(group, operations, version))
                        .toList());
    }

    private static DescribedGroup told(DescribeGroups.Described group, boolean operations, short version) {
        boolean dead = group.error() == GroupError.GROUP_ID_NOT_FOUND && version < NOT_FOUND_FROM;
        DescribedGroup told = new DescribedGroup()
                .setGroupId(group.groupId())
                .setErrorCode(
                        ErrorCodes.of(dead ? GroupError.NONE : group.error()).code())
                .setGroupState(group.state().label())
                .setProtocolType(group.protocolType())
                .setProtocolData(group.protocol())
                .setMembers(group.members().stream()
                        .map(DescribeGroupsHandler::told)
                        .toList());
        if (version >= NOT_FOUND_FROM && group.error() == GroupError.GROUP_ID_NOT_FOUND) {
            told.setErrorMessage("Group " + group.groupId() + " not found.");
        }
        if (version >= OPERATIONS_FROM && group.error() == GroupError.NONE) {
            told.setAuthorizedOperations(AuthorizedOperations.group(operations));
        }
        return told;
    }

    private static DescribedGroupMember told(DescribeGroups.Member member) {
        return new DescribedGroupMember()
                .setMemberId(member.memberId())
                .setGroupInstanceId(member.instanceId().orElse(null))
                .setClientId(member.client().id())
                .setClientHost(member.client().host())
                .setMemberMetadata(member.metadata().array())
                .setMemberAssignment(member.assignment().array());
    }
}
