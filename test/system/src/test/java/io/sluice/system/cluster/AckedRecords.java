package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads partitions from the start and holds what it finds against a ledger, as far as that goes now. */
final class AckedRecords {
    private static final Duration WITHIN = Duration.ofSeconds(120);

    private AckedRecords() {}

    /** Fails where an acked record is missing or another, or where an idempotent writer has a gap or a repetition. */
    static void readAll(String bootstrap, Ledger ledger, List<TopicPartition> partitions) {
        Map<TopicPartition, Ledger.Reader> readers = new HashMap<>();
        Map<TopicPartition, Long> promised = new HashMap<>();
        for (TopicPartition partition : partitions) {
            readers.put(partition, ledger.new Reader(partition, true));
            promised.put(partition, ledger.lastAcked(partition));
        }
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "enable.auto.commit", "false", "reconnect.backoff.max.ms", "100");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + WITHIN.toNanos();
            List<TopicPartition> behind = new ArrayList<>(partitions);
            while (!behind.isEmpty()) {
                assertThat(System.nanoTime())
                        .as("acked records can be read, missing from %s", behind)
                        .isLessThan(deadline);
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> readers.get(new TopicPartition(record.topic(), record.partition()))
                                .check(record));
                behind.removeIf(partition -> readers.get(partition).next() > promised.get(partition));
            }
        }
    }
}
