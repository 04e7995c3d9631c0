package io.sluice.kafka.handler;

import io.sluice.engine.group.Groups;
import io.sluice.engine.group.ListGroups;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.HashSet;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiKeys;

/** ListGroups (key 16, versions 0 to 5): the groups that this broker coordinates, by state (v4) and type (v5). */
public final class ListGroupsHandler extends MessageHandler<ListGroupsRequestData> {
    private final Groups groups;

    public ListGroupsHandler(Groups groups) {
        super(ApiKeys.LIST_GROUPS);
        this.groups = groups;
    }

    @Override
    protected void handle(ListGroupsRequestData request, Exchange exchange) {
        ListGroups.Request translated =
                new ListGroups.Request(new HashSet<>(request.statesFilter()), new HashSet<>(request.typesFilter()));
        exchange.respondWhen(groups.listGroups(translated), ListGroupsHandler::answer);
    }

    static ListGroupsResponseData answer(ListGroups.Response response) {
        return new ListGroupsResponseData()
                .setErrorCode(ErrorCodes.of(response.error()).code())
                .setGroups(response.groups().stream()
                        .map(group -> new ListedGroup()
                                .setGroupId(group.groupId())
                                .setProtocolType(group.protocolType())
                                .setGroupState(group.state().label())
                                .setGroupType(group.type().label()))
                        .toList());
    }
}
