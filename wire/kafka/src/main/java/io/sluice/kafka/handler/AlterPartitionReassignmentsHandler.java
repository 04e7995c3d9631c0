package io.sluice.kafka.handler;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionMove;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.Refusal;
import io.sluice.engine.Engine;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * AlterPartitionReassignments (key 45, versions 0 and 1, KIP-455): begins moves of partitions to other brokers, or cancels
 * those under way. The answer says that a move has begun, not that it is complete.
 */
public final class AlterPartitionReassignmentsHandler extends MessageHandler<AlterPartitionReassignmentsRequestData> {
    private final Engine engine;

    public AlterPartitionReassignmentsHandler(Engine engine) {
        super(ApiKeys.ALTER_PARTITION_REASSIGNMENTS);
        this.engine = engine;
    }

    @Override
    protected void handle(AlterPartitionReassignmentsRequestData request, Exchange exchange) {
        List<PartitionMove> moves = new ArrayList<>();
        Map<PartitionMove, Outcome<PartitionImage>> refused = new HashMap<>();
        for (ReassignableTopic topic : request.topics()) {
            for (ReassignablePartition partition : topic.partitions()) {
                PartitionMove move = move(topic.name(), partition);
                moves.add(move);
                if (!request.allowReplicationFactorChange()) {
                    otherFactor(move).ifPresent(refusal -> refused.put(move, refusal));
                }
            }
        }
        List<PartitionMove> wanted =
                moves.stream().filter(move -> !refused.containsKey(move)).toList();
        exchange.respondWhen(
                Stages.within(
                        request.timeoutMs(),
                        exchange.connection().loop(),
                        engine.cluster().reassign(wanted),
                        () -> timedOut(wanted)),
                outcomes -> answer(request, moves, refused, outcomes));
    }

    private static PartitionMove move(String topic, ReassignablePartition partition) {
        List<Integer> replicas = partition.replicas();
        return new PartitionMove(
                new PartitionRef(topic, partition.partitionIndex()),
                replicas == null ? Optional.empty() : Optional.of(BrokerIds.copyOf(replicas)));
    }

    /** Refuses a move that changes the number of replicas, for a client that does not want that (KIP-860). */
    private Optional<Outcome<PartitionImage>> otherFactor(PartitionMove move) {
        Optional<PartitionImage> partition = engine.image()
                .partition(move.partition().topic(), move.partition().partition());
        if (partition.isEmpty() || move.target().isEmpty()) {
            return Optional.empty();
        }
        PartitionImage now = partition.get();
        BrokerIds meant = now.reassignment().isUnderWay() ? now.reassignment().target() : now.replicas();
        int wanted = move.target().get().size();
        return wanted == meant.size()
                ? Optional.empty()
                : Optional.of(Outcome.refused(
                        Refusal.INVALID_REPLICATION_FACTOR,
                        "Partition " + move.partition() + " has " + meant.size() + " replicas and would have " + wanted
                                + ", but the request does not allow the number to change"));
    }

    private static List<Outcome<PartitionImage>> timedOut(List<PartitionMove> moves) {
        return moves.stream()
                .map(move -> Outcome.<PartitionImage>refused(
                        Refusal.OUTCOME_UNKNOWN,
                        "Partition " + move.partition()
                                + ": the controller did not answer in time; the move may have begun"))
                .toList();
    }

    private static AlterPartitionReassignmentsResponseData answer(
            AlterPartitionReassignmentsRequestData request,
            List<PartitionMove> moves,
            Map<PartitionMove, Outcome<PartitionImage>> refused,
            List<Outcome<PartitionImage>> outcomes) {
        AlterPartitionReassignmentsResponseData answer = new AlterPartitionReassignmentsResponseData()
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        Iterator<PartitionMove> asked = moves.iterator();
        Iterator<Outcome<PartitionImage>> decided = outcomes.iterator();
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse told = new ReassignableTopicResponse().setName(topic.name());
            for (ReassignablePartition partition : topic.partitions()) {
                Outcome<PartitionImage> no = refused.get(asked.next());
                told.partitions().add(result(partition.partitionIndex(), no != null ? no : decided.next()));
            }
            answer.responses().add(told);
        }
        return answer;
    }

    private static ReassignablePartitionResponse result(int index, Outcome<PartitionImage> outcome) {
        ReassignablePartitionResponse result = new ReassignablePartitionResponse().setPartitionIndex(index);
        if (outcome instanceof Outcome.Refused<PartitionImage> refused) {
            result.setErrorCode(ErrorCodes.of(refused.reason()).code()).setErrorMessage(refused.message());
        }
        return result;
    }
}
