package io.sluice.kafka.handler;

import io.sluice.cluster.MorePartitions;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** CreatePartitions (key 37, versions 0 to 3). Answers when the new partitions do, as CreateTopics does. */
public final class CreatePartitionsHandler extends MessageHandler<CreatePartitionsRequestData> {
    private final Engine engine;

    public CreatePartitionsHandler(Engine engine) {
        super(ApiKeys.CREATE_PARTITIONS);
        this.engine = engine;
    }

    @Override
    protected void handle(CreatePartitionsRequestData request, Exchange exchange) {
        Set<String> repeated = Repeated.in(request.topics(), CreatePartitionsTopic::name);
        List<CreatePartitionsTopicResult> refused = new ArrayList<>();
        repeated.forEach(name -> refused.add(
                result(name, Errors.INVALID_REQUEST, "Topic '" + name + "' is in the request more than once")));
        List<CreatePartitionsTopic> once = request.topics().stream()
                .filter(topic -> !repeated.contains(topic.name()))
                .toList();
        once.stream()
                .filter(CreatePartitionsHandler::assignsNothing)
                .forEach(topic -> refused.add(result(
                        topic.name(),
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "Topic '" + topic.name() + "': the assignment names no partitions")));
        List<MorePartitions> wanted = once.stream()
                .filter(topic -> !assignsNothing(topic))
                .map(topic -> new MorePartitions(topic.name(), topic.count(), assignment(topic)))
                .toList();
        CompletionStage<List<CreatePartitionsTopicResult>> results = engine.cluster()
                .createPartitions(wanted, request.validateOnly())
                .thenCompose(outcomes -> Stages.all(results(wanted, outcomes, request.validateOnly())));
        exchange.respondWhen(
                Stages.within(request.timeoutMs(), exchange.connection().loop(), results, () -> timedOut(wanted)),
                created -> {
                    List<CreatePartitionsTopicResult> all = new ArrayList<>(created);
                    all.addAll(refused);
                    return new CreatePartitionsResponseData().setResults(all);
                });
    }

    /** An assignment that is there but empty; none at all leaves the placing to the controller. */
    private static boolean assignsNothing(CreatePartitionsTopic topic) {
        return topic.assignments() != null && topic.assignments().isEmpty();
    }

    private static List<List<Integer>> assignment(CreatePartitionsTopic topic) {
        List<CreatePartitionsAssignment> given = topic.assignments();
        return given == null
                ? List.of()
                : given.stream().map(CreatePartitionsAssignment::brokerIds).toList();
    }

    private List<CompletionStage<CreatePartitionsTopicResult>> results(
            List<MorePartitions> wanted, List<Outcome<TopicImage>> outcomes, boolean validateOnly) {
        List<CompletionStage<CreatePartitionsTopicResult>> results = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            String name = wanted.get(i).topic();
            Outcome<TopicImage> outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Done<TopicImage> done && !validateOnly) {
                results.add(engine.whenReady(done.value().id()).thenApply(now -> result(name, Errors.NONE, null)));
            } else if (outcome instanceof Outcome.Refused<TopicImage> no) {
                results.add(CompletableFuture.completedFuture(result(name, ErrorCodes.of(no.reason()), no.message())));
            } else {
                results.add(CompletableFuture.completedFuture(result(name, Errors.NONE, null)));
            }
        }
        return results;
    }

    private static List<CreatePartitionsTopicResult> timedOut(List<MorePartitions> wanted) {
        return wanted.stream()
                .map(topic -> result(
                        topic.topic(),
                        Errors.REQUEST_TIMED_OUT,
                        "The partitions of topic '" + topic.topic() + "' did not answer in time; they may later"))
                .toList();
    }

    private static CreatePartitionsTopicResult result(String name, Errors error, @Nullable String message) {
        return new CreatePartitionsTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
