package io.sluice.kafka.handler;

import io.sluice.cluster.Outcome;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.TopicRef;
import io.sluice.engine.Engine;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** DeleteTopics (key 20, versions 1 to 6): by name, from version 6 also by id. */
public final class DeleteTopicsHandler extends MessageHandler<DeleteTopicsRequestData> {
    static final int TOPIC_ID_FROM = 6;
    private static final int TOPIC_DELETION_DISABLED_FROM = 3;

    private final Engine engine;

    public DeleteTopicsHandler(Engine engine) {
        super(ApiKeys.DELETE_TOPICS);
        this.engine = engine;
    }

    @Override
    protected void handle(DeleteTopicsRequestData request, Exchange exchange) {
        short version = exchange.version();
        List<DeletableTopicResult> refused = new ArrayList<>();
        List<DeleteTopicState> wanted = wanted(asked(request, version), refused);
        List<TopicRef> topics =
                wanted.stream().map(DeleteTopicsHandler::reference).toList();
        exchange.respondWhen(
                Stages.within(
                        request.timeoutMs(),
                        exchange.connection().loop(),
                        engine.cluster().deleteTopics(topics),
                        () -> timedOut(topics)),
                outcomes -> answer(wanted, outcomes, refused, version));
    }

    private static List<DeleteTopicState> asked(DeleteTopicsRequestData request, short version) {
        if (version >= TOPIC_ID_FROM) {
            return request.topics();
        }
        return request.topicNames().stream()
                .map(name -> new DeleteTopicState().setName(name))
                .toList();
    }

    /** Those that name one topic, clearly and once; the others are refused. */
    private List<DeleteTopicState> wanted(List<DeleteTopicState> asked, List<DeletableTopicResult> refused) {
        Set<UUID> repeated = repeatedTopics(asked);
        Set<DeleteTopicState> toldAlready = new HashSet<>();
        List<DeleteTopicState> wanted = new ArrayList<>();
        for (DeleteTopicState topic : asked) {
            boolean byName = topic.name() != null;
            boolean byId = !Uuid.ZERO_UUID.equals(topic.topicId());
            if (byName == byId) {
                refused.add(refused(
                        topic,
                        byName ? "A topic is named by name and by id; only one may be given" : "A topic is not named"));
            } else if (repeated.contains(identity(topic))) {
                if (toldAlready.add(topic)) {
                    refused.add(refused(topic, "The topic is in the request more than once"));
                }
            } else {
                wanted.add(topic);
            }
        }
        return wanted;
    }

    private Set<UUID> repeatedTopics(List<DeleteTopicState> asked) {
        return Repeated.in(asked, this::identity);
    }

    /** The same for a name and an id that mean the same topic. */
    private UUID identity(DeleteTopicState topic) {
        String name = topic.name();
        if (name == null) {
            return TopicIds.fromWire(topic.topicId());
        }
        return engine.image()
                .topic(name)
                .map(TopicImage::id)
                .orElseGet(() -> UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static TopicRef reference(DeleteTopicState topic) {
        String name = topic.name();
        return name != null ? TopicRef.name(name) : TopicRef.id(TopicIds.fromWire(topic.topicId()));
    }

    private static List<Outcome<TopicImage>> timedOut(List<TopicRef> topics) {
        return topics.stream()
                .map(topic -> Outcome.<TopicImage>refused(
                        Refusal.OUTCOME_UNKNOWN, topic + " was not deleted in time; it may be gone later"))
                .toList();
    }

    private static DeleteTopicsResponseData answer(
            List<DeleteTopicState> wanted,
            List<Outcome<TopicImage>> outcomes,
            List<DeletableTopicResult> refused,
            short version) {
        DeleteTopicsResponseData answer = new DeleteTopicsResponseData();
        for (int i = 0; i < wanted.size(); i++) {
            answer.responses().add(result(wanted.get(i), outcomes.get(i), version));
        }
        answer.responses().addAll(refused);
        return answer;
    }

    private static DeletableTopicResult result(DeleteTopicState asked, Outcome<TopicImage> outcome, short version) {
        if (outcome instanceof Outcome.Done<TopicImage> done) {
            return result(done.value().name(), TopicIds.toWire(done.value().id()), Errors.NONE, null);
        }
        Outcome.Refused<TopicImage> no = (Outcome.Refused<TopicImage>) outcome;
        boolean tooNew = no.reason() == Refusal.TOPIC_DELETION_DISABLED && version < TOPIC_DELETION_DISABLED_FROM;
        Errors error = tooNew ? Errors.INVALID_REQUEST : ErrorCodes.of(no.reason());
        return result(asked.name(), asked.topicId(), error, no.message());
    }

    private static DeletableTopicResult refused(DeleteTopicState asked, String message) {
        return result(asked.name(), asked.topicId(), Errors.INVALID_REQUEST, message);
    }

    private static DeletableTopicResult result(@Nullable String name, Uuid id, Errors error, @Nullable String message) {
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
