package io.sluice.kafka.handler;

import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.Groups;
import io.sluice.engine.group.LeaveGroup;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** LeaveGroup (key 13, versions 0 to 5; from version 3 for several members, KIP-345). */
public final class LeaveGroupHandler extends MessageHandler<LeaveGroupRequestData> {
    static final int BATCHED_FROM = 3;

    private final Groups groups;

    public LeaveGroupHandler(Groups groups) {
        super(ApiKeys.LEAVE_GROUP);
        this.groups = groups;
    }

    @Override
    protected void handle(LeaveGroupRequestData request, Exchange exchange) {
        boolean batched = exchange.version() >= BATCHED_FROM;
        List<LeaveGroup.Leaver> leavers = batched
                ? request.members().stream().map(LeaveGroupHandler::leaver).toList()
                : List.of(new LeaveGroup.Leaver(request.memberId(), Optional.empty(), ""));
        exchange.respondWhen(
                groups.leaveGroup(new LeaveGroup.Request(request.groupId(), leavers)),
                response -> answer(response, batched));
    }

    private static LeaveGroup.Leaver leaver(MemberIdentity member) {
        String reason = member.reason();
        return new LeaveGroup.Leaver(
                member.memberId(), Optional.ofNullable(member.groupInstanceId()), reason == null ? "" : reason);
    }

    static LeaveGroupResponseData answer(LeaveGroup.Response response, boolean batched) {
        if (!batched) {
            boolean refused =
                    response.error() != GroupError.NONE || response.left().isEmpty();
            GroupError error =
                    refused ? response.error() : response.left().get(0).error();
            return new LeaveGroupResponseData()
                    .setErrorCode(ErrorCodes.of(error).code());
        }
        return new LeaveGroupResponseData()
                .setErrorCode(ErrorCodes.of(response.error()).code())
                .setMembers(response.left().stream()
                        .map(left -> new MemberResponse()
                                .setMemberId(left.memberId())
                                .setGroupInstanceId(left.instanceId().orElse(null))
                                .setErrorCode(ErrorCodes.of(left.error()).code()))
                        .toList());
    }
}
