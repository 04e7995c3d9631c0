package io.sluice.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Reads partitions from one position to another without a group: nothing is committed. */
final class TopicReader {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final MessagePrinter printer;
    private final StopSignal stop;

    TopicReader(Consumer<byte[], byte[]> consumer, MessagePrinter printer, StopSignal stop) {
        this.consumer = consumer;
        this.printer = printer;
        this.stop = stop;
    }

    /** Reads until every partition has reached its end offset; partitions without one are followed for ever. */
    void read(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
        Set<TopicPartition> open = starts.entrySet().stream()
                .filter(start -> start.getValue() < ends.getOrDefault(start.getKey(), Long.MAX_VALUE))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        consumer.assign(open);
        open.forEach(partition -> consumer.seek(partition, starts.getOrDefault(partition, 0L)));
        while (!open.isEmpty() && printer.wantsMore() && !stop.stopped()) {
            print(consumer.poll(POLL), ends);
            printer.flush();
            closeFinished(open, ends);
        }
    }

    private void print(ConsumerRecords<byte[], byte[]> messages, Map<TopicPartition, Long> ends) {
        for (ConsumerRecord<byte[], byte[]> message : messages) {
            if (!printer.wantsMore()) {
                return;
            }
            TopicPartition partition = new TopicPartition(message.topic(), message.partition());
            if (message.offset() < ends.getOrDefault(partition, Long.MAX_VALUE)) {
                printer.print(message);
            }
        }
    }

    /** The consumer's position tells, not the last message: offsets at the end may hold none. */
    private void closeFinished(Collection<TopicPartition> open, Map<TopicPartition, Long> ends) {
        Set<TopicPartition> finished = open.stream()
                .filter(partition -> consumer.position(partition) >= ends.getOrDefault(partition, Long.MAX_VALUE))
                .collect(Collectors.toSet());
        if (!finished.isEmpty()) {
            consumer.pause(finished);
            open.removeAll(finished);
        }
    }
}
