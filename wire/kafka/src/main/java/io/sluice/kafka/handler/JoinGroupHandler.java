package io.sluice.kafka.handler;

import io.sluice.engine.group.Bytes;
import io.sluice.engine.group.Groups;
import io.sluice.engine.group.JoinGroup;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.protocol.ApiKeys;

/** JoinGroup (key 11, versions 0 to 9): answered when the group's next generation begins. */
public final class JoinGroupHandler extends MessageHandler<JoinGroupRequestData> {
    private static final int REBALANCE_TIMEOUT_FROM = 1;
    private static final int KNOWN_MEMBER_ID_FROM = 4;
    private static final int NULL_PROTOCOL_FROM = 7;
    private static final int SKIP_ASSIGNMENT_FROM = 9;

    private final Groups groups;

    public JoinGroupHandler(Groups groups) {
        super(ApiKeys.JOIN_GROUP);
        this.groups = groups;
    }

    @Override
    protected void handle(JoinGroupRequestData request, Exchange exchange) {
        exchange.respondWhen(
                groups.joinGroup(translated(request, exchange)), response -> answer(response, exchange.version()));
    }

    private static JoinGroup.Request translated(JoinGroupRequestData request, Exchange exchange) {
        short version = exchange.version();
        int rebalanceMs = version >= REBALANCE_TIMEOUT_FROM ? request.rebalanceTimeoutMs() : request.sessionTimeoutMs();
        List<JoinGroup.Protocol> protocols = request.protocols().stream()
                .map(protocol -> new JoinGroup.Protocol(protocol.name(), Bytes.of(protocol.metadata())))
                .toList();
        String reason = request.reason();
        return new JoinGroup.Request(
                GroupMembers.ref(request.groupId(), request.memberId(), request.groupInstanceId()),
                GroupMembers.client(exchange),
                new JoinGroup.Timeouts(request.sessionTimeoutMs(), rebalanceMs),
                request.protocolType(),
                protocols,
                new JoinGroup.Understands(
                        version >= KNOWN_MEMBER_ID_FROM && request.groupInstanceId() == null,
                        version >= SKIP_ASSIGNMENT_FROM),
                reason == null ? "" : reason);
    }

    static JoinGroupResponseData answer(JoinGroup.Response response, short version) {
        return new JoinGroupResponseData()
                .setErrorCode(ErrorCodes.of(response.error()).code())
                .setGenerationId(response.generation())
                .setProtocolType(response.protocolType().orElse(null))
                .setProtocolName(response.protocol().orElse(version >= NULL_PROTOCOL_FROM ? null : ""))
                .setLeader(response.leader())
                .setSkipAssignment(response.skipAssignment())
                .setMemberId(response.memberId())
                .setMembers(response.members().stream()
                        .map(member -> new JoinGroupResponseMember()
                                .setMemberId(member.memberId())
                                .setGroupInstanceId(member.instanceId().orElse(null))
                                .setMetadata(member.metadata().array()))
                        .toList());
    }
}
