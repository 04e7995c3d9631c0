package io.sluice.kafka.handler;

import io.sluice.engine.group.Groups;
import io.sluice.engine.group.Heartbeat;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Heartbeat (key 12, versions 0 to 4): a classic member lives. */
public final class HeartbeatHandler extends MessageHandler<HeartbeatRequestData> {
    private final Groups groups;

    public HeartbeatHandler(Groups groups) {
        super(ApiKeys.HEARTBEAT);
        this.groups = groups;
    }

    @Override
    protected void handle(HeartbeatRequestData request, Exchange exchange) {
        Heartbeat.Request translated = new Heartbeat.Request(
                GroupMembers.ref(request.groupId(), request.memberId(), request.groupInstanceId()),
                request.generationId());
        exchange.respondWhen(groups.heartbeat(translated), error -> new HeartbeatResponseData()
                .setErrorCode(ErrorCodes.of(error).code()));
    }
}
