package io.sluice.kafka.handler;

import io.sluice.engine.group.Client;
import io.sluice.engine.group.MemberRef;
import io.sluice.kafka.Exchange;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who sends a group request, in the coordinator's words. */
final class GroupMembers {
    private GroupMembers() {}

    static MemberRef ref(String groupId, String memberId, @Nullable String instanceId) {
        return new MemberRef(groupId, memberId, Optional.ofNullable(instanceId));
    }

    /** The host is written as Kafka writes it, with a slash before the address. */
    static Client client(Exchange exchange) {
        return new Client(
                exchange.clientId(),
                "/" + exchange.connection().remote().getAddress().getHostAddress());
    }
}
