package io.sluice.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a topic as a member of a group and commits what was printed, so that every message is printed at least once over
 * all members and runs. All on the caller's thread, rebalances included.
 */
final class GroupReader implements ConsumerRebalanceListener {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final MessagePrinter printer;
    private final StopSignal stop;
    private final boolean follow;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> printed = new HashMap<>();
    private boolean assigned;

    GroupReader(Consumer<byte[], byte[]> consumer, MessagePrinter printer, StopSignal stop, boolean follow) {
        this.consumer = consumer;
        this.printer = printer;
        this.stop = stop;
        this.follow = follow;
    }

    /** Reads until what the topic held when its partitions were assigned has been printed, or for ever. */
    void read(String topic) {
        consumer.subscribe(List.of(topic), this);
        while (printer.wantsMore() && !stop.stopped() && !finished()) {
            print(consumer.poll(POLL));
            printer.flush();
            commit();
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assigned = true;
        if (!follow) {
            ends.putAll(consumer.endOffsets(partitions));
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
        ends.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        ends.keySet().removeAll(partitions);
        printed.keySet().removeAll(partitions);
    }

    private void print(ConsumerRecords<byte[], byte[]> messages) {
        for (ConsumerRecord<byte[], byte[]> message : messages) {
            if (!printer.wantsMore()) {
                return;
            }
            printer.print(message);
            printed.put(
                    new TopicPartition(message.topic(), message.partition()),
                    new OffsetAndMetadata(message.offset() + 1, message.leaderEpoch(), ""));
        }
    }

    private void commit() {
        if (!printed.isEmpty()) {
            consumer.commitSync(printed);
            printed.clear();
        }
    }

    private boolean finished() {
        return !follow
                && assigned
                && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
