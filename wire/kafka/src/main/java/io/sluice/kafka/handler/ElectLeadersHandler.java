package io.sluice.kafka.handler;

import io.sluice.cluster.Election;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ElectLeaders (key 43, versions 0 to 2, KIP-460): gives partitions back to their preferred leaders, or, if that is asked
 * for, a leader to those that are offline, at the price of what it lacks. Of all partitions when none are named; then
 * only those are told of for which there was something to do.
 */
public final class ElectLeadersHandler extends MessageHandler<ElectLeadersRequestData> {
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final Engine engine;

    public ElectLeadersHandler(Engine engine) {
        super(ApiKeys.ELECT_LEADERS);
        this.engine = engine;
    }

    @Override
    protected void handle(ElectLeadersRequestData request, Exchange exchange) {
        if (request.electionType() != PREFERRED && request.electionType() != UNCLEAN) {
            exchange.respond(new ElectLeadersResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        Election election = request.electionType() == PREFERRED ? Election.PREFERRED : Election.UNCLEAN;
        List<PartitionRef> partitions = partitions(request, election);
        boolean all = request.topicPartitions() == null;
        exchange.respondWhen(
                Stages.within(
                        request.timeoutMs(),
                        exchange.connection().loop(),
                        engine.cluster().electLeaders(election, partitions),
                        () -> timedOut(partitions)),
                outcomes -> answer(partitions, outcomes, all));
    }

    private List<PartitionRef> partitions(ElectLeadersRequestData request, Election election) {
        if (request.topicPartitions() == null) {
            return candidates(election);
        }
        Set<PartitionRef> named = new LinkedHashSet<>();
        for (TopicPartitions topic : request.topicPartitions()) {
            topic.partitions().forEach(index -> named.add(new PartitionRef(topic.topic(), index)));
        }
        return List.copyOf(named);
    }

    /** Those of all partitions for which the election could change something. */
    private List<PartitionRef> candidates(Election election) {
        List<PartitionRef> candidates = new ArrayList<>();
        List<TopicImage> topics = engine.image().topics();
        topics.sort(Comparator.comparing(TopicImage::name));
        for (TopicImage topic : topics) {
            for (int i = 0; i < topic.partitionCount(); i++) {
                PartitionImage partition = topic.partitions().get(i);
                boolean candidate = election == Election.PREFERRED
                        ? !partition.isLedBy(partition.replicas().at(0))
                        : partition.isOffline();
                if (candidate) {
                    candidates.add(new PartitionRef(topic.name(), i));
                }
            }
        }
        return candidates;
    }

    private static List<Outcome<PartitionImage>> timedOut(List<PartitionRef> partitions) {
        return partitions.stream()
                .map(partition -> Outcome.<PartitionImage>refused(
                        Refusal.OUTCOME_UNKNOWN,
                        "Partition " + partition + ": the controller did not answer in time; it may elect later"))
                .toList();
    }

    private static ElectLeadersResponseData answer(
            List<PartitionRef> partitions, List<Outcome<PartitionImage>> outcomes, boolean all) {
        Map<String, ReplicaElectionResult> topics = new LinkedHashMap<>();
        for (int i = 0; i < partitions.size(); i++) {
            PartitionResult result = result(partitions.get(i).partition(), outcomes.get(i));
            if (!all || result.errorCode() != Errors.ELECTION_NOT_NEEDED.code()) {
                topics.computeIfAbsent(partitions.get(i).topic(), name -> new ReplicaElectionResult().setTopic(name))
                        .partitionResult()
                        .add(result);
            }
        }
        return new ElectLeadersResponseData().setReplicaElectionResults(List.copyOf(topics.values()));
    }

    private static PartitionResult result(int index, Outcome<PartitionImage> outcome) {
        PartitionResult result = new PartitionResult().setPartitionId(index);
        if (outcome instanceof Outcome.Refused<PartitionImage> refused) {
            result.setErrorCode(ErrorCodes.of(refused.reason()).code()).setErrorMessage(refused.message());
        }
        return result;
    }
}
