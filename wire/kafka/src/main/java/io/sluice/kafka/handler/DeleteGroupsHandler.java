package io.sluice.kafka.handler;

import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.Groups;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.Map;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.protocol.ApiKeys;

/** DeleteGroups (key 42, versions 0 to 2): groups without members, with their offsets. */
public final class DeleteGroupsHandler extends MessageHandler<DeleteGroupsRequestData> {
    private final Groups groups;

    public DeleteGroupsHandler(Groups groups) {
        super(ApiKeys.DELETE_GROUPS);
        this.groups = groups;
    }

    @Override
    protected void handle(DeleteGroupsRequestData request, Exchange exchange) {
        exchange.respondWhen(
                groups.deleteGroups(request.groupsNames().stream().distinct().toList()), DeleteGroupsHandler::answer);
    }

    static DeleteGroupsResponseData answer(Map<String, GroupError> deleted) {
        DeleteGroupsResponseData answer = new DeleteGroupsResponseData();
        deleted.forEach((group, error) -> answer.results()
                .add(new DeletableGroupResult()
                        .setGroupId(group)
                        .setErrorCode(ErrorCodes.of(error).code())));
        return answer;
    }
}
