package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Ledger;
import io.sluice.system.history.History;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads partitions from the start until everything acked must have been seen, and shows what it finds to who judges it. */
final class AckedRecords {
    private static final Duration NOTHING_FOR = Duration.ofSeconds(60);

    private AckedRecords() {}

    /** Fails where an acked record is missing or another, or where an idempotent writer has a gap or a repetition. */
    static void readAll(String bootstrap, Ledger ledger, List<TopicPartition> partitions) {
        Map<TopicPartition, Ledger.Reader> readers = new HashMap<>();
        Map<TopicPartition, Long> promised = new HashMap<>();
        for (TopicPartition partition : partitions) {
            readers.put(partition, ledger.new Reader(partition, true));
            promised.put(partition, ledger.lastAcked(partition));
        }
        read(bootstrap, promised, NOTHING_FOR, record -> readers.get(partition(record))
                .check(record));
    }

    /** Notes all records in {@code history}, which says later what they amount to. */
    static void readAll(String bootstrap, History history) {
        Map<TopicPartition, Long> promised = new HashMap<>();
        history.partitions().forEach(partition -> promised.put(partition, history.lastAcked(partition)));
        History.Reader reader = history.new Reader("the last reader");
        read(bootstrap, promised, NOTHING_FOR, reader::found);
    }

    /**
     * Reads each partition up to the offset promised for it, at least.
     *
     * @param nothingFor after how long without a record this fails
     */
    static void read(
            String bootstrap,
            Map<TopicPartition, Long> promised,
            Duration nothingFor,
            Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "enable.auto.commit", "false", "reconnect.backoff.max.ms", "100");
        Set<TopicPartition> behind = new TreeSet<>(Comparator.comparing(TopicPartition::toString));
        promised.forEach((partition, last) -> {
            if (last >= 0) {
                behind.add(partition);
            }
        });
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(promised.keySet());
            consumer.seekToBeginning(promised.keySet());
            long lastFound = System.nanoTime();
            while (!behind.isEmpty()) {
                assertThat(Duration.ofNanos(System.nanoTime() - lastFound))
                        .as("time without a record, while acked ones are missing from %s", behind)
                        .isLessThan(nothingFor);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    lastFound = System.nanoTime();
                    each.accept(record);
                    if (record.offset() >= promised.get(partition(record))) {
                        behind.remove(partition(record));
                    }
                }
            }
        }
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
