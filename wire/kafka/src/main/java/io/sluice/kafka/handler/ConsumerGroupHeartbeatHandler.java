package io.sluice.kafka.handler;

import io.sluice.cluster.settings.BrokerGroupSettings;
import io.sluice.engine.Engine;
import io.sluice.engine.group.Assignment;
import io.sluice.engine.group.ConsumerGroupHeartbeat;
import io.sluice.engine.group.GroupError;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.TopicPartitions;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** ConsumerGroupHeartbeat (key 68, versions 0 and 1, KIP-848): the one call of the newer group protocol. */
public final class ConsumerGroupHeartbeatHandler extends MessageHandler<ConsumerGroupHeartbeatRequestData> {
    private static final int MEMBER_ID_BY_CLIENT_FROM = 1;
    private static final String PROTOCOL = "consumer";

    private final Engine engine;

    public ConsumerGroupHeartbeatHandler(Engine engine) {
        super(ApiKeys.CONSUMER_GROUP_HEARTBEAT);
        this.engine = engine;
    }

    @Override
    protected void handle(ConsumerGroupHeartbeatRequestData request, Exchange exchange) {
        String groupId = request.groupId();
        if (!enabled()) {
            exchange.respond(answer(ConsumerGroupHeartbeat.Response.refused(
                    GroupError.UNSUPPORTED_VERSION,
                    "Group " + groupId + ": group.coordinator.rebalance.protocols leaves out " + PROTOCOL)));
        } else if (exchange.version() >= MEMBER_ID_BY_CLIENT_FROM
                && request.memberId().isEmpty()) {
            exchange.respond(answer(ConsumerGroupHeartbeat.Response.refused(
                    GroupError.INVALID_REQUEST, "Group " + groupId + ": the member id is empty")));
        } else {
            exchange.respondWhen(
                    engine.groups().consumerHeartbeat(translated(request, exchange)),
                    ConsumerGroupHeartbeatHandler::answer);
        }
    }

    private boolean enabled() {
        return engine.settings()
                .get(BrokerGroupSettings.GROUP_COORDINATOR_REBALANCE_PROTOCOLS)
                .contains(PROTOCOL);
    }

    private static ConsumerGroupHeartbeat.Request translated(
            ConsumerGroupHeartbeatRequestData request, Exchange exchange) {
        List<String> topics = request.subscribedTopicNames();
        Optional<Set<String>> names = topics == null ? Optional.empty() : Optional.of(new HashSet<>(topics));
        return new ConsumerGroupHeartbeat.Request(
                GroupMembers.ref(request.groupId(), request.memberId(), request.instanceId()),
                request.memberEpoch(),
                GroupMembers.client(exchange),
                Optional.ofNullable(request.rackId()),
                request.rebalanceTimeoutMs(),
                new ConsumerGroupHeartbeat.Subscription(
                        names,
                        Optional.ofNullable(request.subscribedTopicRegex()),
                        Optional.ofNullable(request.serverAssignor())),
                owned(request.topicPartitions()));
    }

    private static Optional<Assignment> owned(
            @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> topics) {
        if (topics == null) {
            return Optional.empty();
        }
        Assignment.Builder owned = Assignment.builder();
        for (ConsumerGroupHeartbeatRequestData.TopicPartitions topic : topics) {
            int[] partitions =
                    topic.partitions().stream().mapToInt(Integer::intValue).toArray();
            owned.add(TopicIds.fromWire(topic.topicId()), partitions);
        }
        return Optional.of(owned.build());
    }

    static ConsumerGroupHeartbeatResponseData answer(ConsumerGroupHeartbeat.Response response) {
        ConsumerGroupHeartbeatResponseData answer = new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(ErrorCodes.of(response.error()).code());
        if (response.error() != GroupError.NONE) {
            return answer.setErrorMessage(response.message());
        }
        return answer.setMemberId(response.memberId())
                .setMemberEpoch(response.memberEpoch())
                .setHeartbeatIntervalMs(response.heartbeatIntervalMs())
                .setAssignment(response.assignment()
                        .map(ConsumerGroupHeartbeatHandler::told)
                        .orElse(null));
    }

    private static ConsumerGroupHeartbeatResponseData.Assignment told(Assignment assignment) {
        ConsumerGroupHeartbeatResponseData.Assignment told = new ConsumerGroupHeartbeatResponseData.Assignment();
        for (UUID topic : assignment.topicIds()) {
            told.topicPartitions()
                    .add(new TopicPartitions()
                            .setTopicId(TopicIds.toWire(topic))
                            .setPartitions(assignment.partitions(topic)));
        }
        return told;
    }
}
