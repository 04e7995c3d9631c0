package io.sluice.kafka.handler;

import io.sluice.cluster.NewTopic;
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
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * CreateTopics (key 19, versions 2 to 7). Answers when the new partitions do, so that nobody who writes to them at once
 * is refused; but no later than the client waits.
 */
public final class CreateTopicsHandler extends MessageHandler<CreateTopicsRequestData> {
    private final Engine engine;

    public CreateTopicsHandler(Engine engine) {
        super(ApiKeys.CREATE_TOPICS);
        this.engine = engine;
    }

    @Override
    protected void handle(CreateTopicsRequestData request, Exchange exchange) {
        Set<String> repeated = Repeated.in(request.topics(), CreatableTopic::name);
        List<CreatableTopicResult> refused = new ArrayList<>();
        List<NewTopic> wanted = new ArrayList<>();
        repeated.forEach(name -> refused.add(
                refused(name, Errors.INVALID_REQUEST, "Topic '" + name + "' is in the request more than once")));
        for (CreatableTopic topic : request.topics()) {
            if (repeated.contains(topic.name())) {
                continue;
            }
            Outcome<NewTopic> read = NewTopics.of(topic);
            if (read instanceof Outcome.Done<NewTopic> done) {
                wanted.add(done.value());
            } else if (read instanceof Outcome.Refused<NewTopic> contradiction) {
                refused.add(refused(topic.name(), contradiction));
            }
        }
        CompletionStage<List<CreatableTopicResult>> results = engine.cluster()
                .createTopics(wanted, request.validateOnly())
                .thenCompose(outcomes -> Stages.all(results(wanted, outcomes, request.validateOnly())));
        exchange.respondWhen(
                Stages.within(request.timeoutMs(), exchange.connection().loop(), results, () -> timedOut(wanted)),
                created -> answer(created, refused));
    }

    private List<CompletionStage<CreatableTopicResult>> results(
            List<NewTopic> wanted, List<Outcome<TopicImage>> outcomes, boolean validateOnly) {
        List<CompletionStage<CreatableTopicResult>> results = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome<TopicImage> outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Done<TopicImage> done) {
                TopicImage topic = done.value();
                CompletionStage<Void> ready =
                        validateOnly ? CompletableFuture.completedFuture(null) : engine.whenReady(topic.id());
                results.add(ready.thenApply(now -> created(topic)));
            } else if (outcome instanceof Outcome.Refused<TopicImage> no) {
                results.add(
                        CompletableFuture.completedFuture(refused(wanted.get(i).name(), no)));
            }
        }
        return results;
    }

    private CreatableTopicResult created(TopicImage topic) {
        return new CreatableTopicResult()
                .setName(topic.name())
                .setTopicId(TopicIds.toWire(topic.id()))
                .setNumPartitions(topic.partitionCount())
                .setReplicationFactor((short) topic.replicationFactor())
                .setConfigs(ConfigEntries.ofNewTopic(engine.settings().withTopic(topic.configs())));
    }

    private static CreatableTopicResult refused(String name, Outcome.Refused<?> outcome) {
        return refused(name, ErrorCodes.of(outcome.reason()), outcome.message());
    }

    private static CreatableTopicResult refused(String name, Errors error, String message) {
        return new CreatableTopicResult()
                .setName(name)
                .setErrorCode(error.code())
                .setErrorMessage(message)
                .setConfigs(List.of());
    }

    private static List<CreatableTopicResult> timedOut(List<NewTopic> wanted) {
        return wanted.stream()
                .map(topic -> refused(
                        topic.name(),
                        Errors.REQUEST_TIMED_OUT,
                        "Topic '" + topic.name() + "' did not answer in time; it may be there later"))
                .toList();
    }

    private static CreateTopicsResponseData answer(
            List<CreatableTopicResult> created, List<CreatableTopicResult> refused) {
        CreateTopicsResponseData answer = new CreateTopicsResponseData();
        answer.topics().addAll(created);
        answer.topics().addAll(refused);
        return answer;
    }
}
