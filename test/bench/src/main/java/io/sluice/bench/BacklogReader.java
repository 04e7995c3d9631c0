package io.sluice.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** One official consumer with its default settings that reads what a topic already holds, from the beginning. */
final class BacklogReader implements LoadSource {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Meter meter;

    BacklogReader(String bootstrap, String topic, Meter meter) {
        this.consumer = JavaClients.consumer(bootstrap, Map.of("enable.auto.commit", "false"));
        this.meter = meter;
        this.partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
    }

    /** How many records the topic holds. */
    long backlog() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
        return partitions.stream()
                .mapToLong(partition -> ends.getOrDefault(partition, 0L) - starts.getOrDefault(partition, 0L))
                .sum();
    }

    /** Reads that many records from the beginning; its latency is the time between two polls that brought some. */
    @Override
    public Load run(long records) {
        var latency = Load.newHistogram();
        long bytes = 0;
        long received = 0;
        long start = System.nanoTime();
        long last = start;
        consumer.seekToBeginning(partitions);
        while (received < records) {
            ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
            long now = System.nanoTime();
            if (!polled.isEmpty()) {
                latency.recordValue(now - last);
                last = now;
            } else if (now - last > SILENCE_LIMIT.toNanos()) {
                throw new BenchException("only " + received + " of " + records + " records could be read");
            }
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                bytes += record.serializedValueSize();
            }
            received += polled.count();
            meter.count(polled.count());
        }
        return new Load(received, bytes, (System.nanoTime() - start) / 1e9, latency);
    }

    /** Reads it that often, one after the other. */
    Load runTimes(int passes, long records) {
        var latency = Load.newHistogram();
        long received = 0;
        long bytes = 0;
        double seconds = 0;
        for (int pass = 0; pass < passes; pass++) {
            Load load = run(records);
            received += load.records();
            bytes += load.bytes();
            seconds += load.seconds();
            latency.add(load.latency());
        }
        return new Load(received, bytes, seconds, latency);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
