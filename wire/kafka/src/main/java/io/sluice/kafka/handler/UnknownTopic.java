package io.sluice.kafka.handler;

import io.sluice.cluster.TopicNames;
import org.apache.kafka.common.protocol.Errors;

/** What to say of a topic that is not there: whether it could be, so that a client knows if asking again makes sense. */
final class UnknownTopic {
    private UnknownTopic() {}

    static Errors error(String name) {
        return TopicNames.complaint(name).isPresent()
                ? Errors.INVALID_TOPIC_EXCEPTION
                : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    static String message(String name) {
        return TopicNames.complaint(name).orElse("Topic '" + name + "' does not exist");
    }
}
