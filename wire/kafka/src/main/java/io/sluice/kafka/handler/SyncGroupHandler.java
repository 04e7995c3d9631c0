package io.sluice.kafka.handler;

import io.sluice.engine.group.Bytes;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.Groups;
import io.sluice.engine.group.SyncGroup;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** SyncGroup (key 14, versions 0 to 5): the leader brings the assignments, everyone gets theirs. */
public final class SyncGroupHandler extends MessageHandler<SyncGroupRequestData> {
    private static final int PROTOCOL_FROM = 5;

    private final Groups groups;

    public SyncGroupHandler(Groups groups) {
        super(ApiKeys.SYNC_GROUP);
        this.groups = groups;
    }

    @Override
    protected void handle(SyncGroupRequestData request, Exchange exchange) {
        boolean protocolMissing = request.protocolType() == null || request.protocolName() == null;
        if (exchange.version() >= PROTOCOL_FROM && protocolMissing) {
            exchange.respond(answer(SyncGroup.Response.refused(GroupError.INCONSISTENT_GROUP_PROTOCOL)));
            return;
        }
        Map<String, Bytes> assignments = new HashMap<>();
        request.assignments().forEach(one -> assignments.put(one.memberId(), Bytes.of(one.assignment())));
        SyncGroup.Request translated = new SyncGroup.Request(
                GroupMembers.ref(request.groupId(), request.memberId(), request.groupInstanceId()),
                request.generationId(),
                Optional.ofNullable(request.protocolType()),
                Optional.ofNullable(request.protocolName()),
                assignments);
        exchange.respondWhen(groups.syncGroup(translated), SyncGroupHandler::answer);
    }

    static SyncGroupResponseData answer(SyncGroup.Response response) {
        return new SyncGroupResponseData()
                .setErrorCode(ErrorCodes.of(response.error()).code())
                .setProtocolType(response.protocolType().orElse(null))
                .setProtocolName(response.protocol().orElse(null))
                .setAssignment(response.assignment().array());
    }
}
