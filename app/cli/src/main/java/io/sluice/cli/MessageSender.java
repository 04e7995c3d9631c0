package io.sluice.cli;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages and counts those that the broker has acknowledged. The first failure stops everything: it is thrown by
 * the next {@link #send} or by {@link #finish}.
 */
final class MessageSender {
    private final Producer<byte[], byte[]> producer;
    private final Progress acknowledged;
    private final BooleanSupplier brokerAnswers;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    /** @param brokerAnswers looks whether a broker answers at all; asked when a topic seems not to be there */
    MessageSender(Producer<byte[], byte[]> producer, Progress acknowledged, BooleanSupplier brokerAnswers) {
        this.producer = producer;
        this.brokerAnswers = brokerAnswers;
        this.acknowledged = acknowledged;
    }

    void send(ProducerRecord<byte[], byte[]> message) {
        throwFailure(message.topic());
        producer.send(message, this::onAnswer);
    }

    /** Waits until the broker has answered for every message. */
    void finish(String topic) {
        producer.flush();
        throwFailure(topic);
    }

    private void onAnswer(@Nullable RecordMetadata metadata, @Nullable Exception problem) {
        if (problem != null || metadata == null) {
            failure.compareAndSet(null, problem);
        } else {
            acknowledged.count(Math.max(0, metadata.serializedKeySize()) + Math.max(0, metadata.serializedValueSize()));
        }
    }

    private void throwFailure(String topic) {
        Exception problem = failure.get();
        if (problem == null) {
            return;
        }
        long before = acknowledged.messages();
        throw new CommandFailure(
                line(topic, problem) + (before == 0 ? "" : "; " + Human.count(before) + " messages were acknowledged"),
                problem);
    }

    /** The producer waits for a topic or a partition to appear and then speaks of a time-out, if brokers answer or not. */
    private String line(String topic, Exception problem) {
        String message = String.valueOf(problem.getMessage());
        boolean unseen = problem instanceof TimeoutException && message.contains("not present in metadata");
        if (unseen && brokerAnswers.getAsBoolean()) {
            return message.startsWith("Partition")
                    ? Topics.subject(topic) + " has no such partition; " + Launcher.command() + " topic describe "
                            + topic + " shows those that it has"
                    : Topics.subject(topic) + " does not exist and the broker does not create it by itself; "
                            + Launcher.command() + " topic create " + topic + " does";
        }
        return ErrorLine.of(Topics.subject(topic), problem);
    }
}
