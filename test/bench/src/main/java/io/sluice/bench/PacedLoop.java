package io.sluice.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * End to end in an open loop: one official producer sends at a fixed rate whatever the broker does, one official
 * consumer, member of a group, receives. A record's latency counts from the moment when it was due, not from when a
 * late sender got round to it, so a stall is charged to every record that it held up. One unit is one record.
 */
final class PacedLoop implements LoadSource {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);
    private static final int STAMP_BYTES = Long.BYTES;

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ExecutorService receiver = Executors.newSingleThreadExecutor();
    private final String topic;
    private final double rate;
    private final int recordBytes;
    private final Meter meter;

    PacedLoop(String bootstrap, String topic, double rate, int recordBytes, Meter meter) {
        if (recordBytes < STAMP_BYTES) {
            throw new BenchException("records carry a time stamp: " + STAMP_BYTES + " bytes at least");
        }
        this.topic = topic;
        this.rate = rate;
        this.recordBytes = recordBytes;
        this.meter = meter;
        this.producer = JavaClients.producer(bootstrap, Map.of(ProducerConfig.LINGER_MS_CONFIG, "0"));
        this.consumer = JavaClients.consumer(
                bootstrap,
                Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        topic + "-readers",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"));
        consumer.subscribe(List.of(topic));
    }

    @Override
    public Load run(long records) throws Exception {
        AtomicReference<Exception> failure = new AtomicReference<>();
        long start = System.nanoTime();
        Future<Histogram> received = receiver.submit(() -> receive(records, failure));
        Pacer pacer = new Pacer(rate, start);
        for (long i = 0; i < records; i++) {
            long due = pacer.await(i);
            byte[] value = new byte[recordBytes];
            ByteBuffer.wrap(value).putLong(due);
            producer.send(new ProducerRecord<>(topic, value), (metadata, error) -> {
                if (error != null) {
                    failure.compareAndSet(null, error);
                }
            });
        }
        Histogram latency = received.get();
        return new Load(records, records * recordBytes, (System.nanoTime() - start) / 1e9, latency);
    }

    private Histogram receive(long records, AtomicReference<Exception> failure) {
        Histogram latency = Load.newHistogram();
        long last = System.nanoTime();
        for (long received = 0; received < records; ) {
            var polled = consumer.poll(POLL);
            long now = System.nanoTime();
            for (ConsumerRecord<byte[], byte[]> record : polled) {
                latency.recordValue(now - ByteBuffer.wrap(record.value()).getLong());
            }
            received += polled.count();
            meter.count(polled.count());
            last = polled.isEmpty() ? last : now;
            if (failure.get() != null) {
                throw new BenchException("a record was not acknowledged: " + failure.get(), failure.get());
            }
            if (now - last > SILENCE_LIMIT.toNanos()) {
                throw new BenchException("only " + received + " of " + records + " records arrived, and nothing for "
                        + SILENCE_LIMIT.toSeconds() + " s");
            }
        }
        return latency;
    }

    @Override
    public void close() {
        receiver.shutdownNow();
        producer.close(Duration.ofSeconds(5));
        consumer.close();
    }
}
