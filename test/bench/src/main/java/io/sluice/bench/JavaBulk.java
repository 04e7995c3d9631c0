package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The official producer at full speed: batches of 64 KB, five requests in flight, no compression, a thread for each
 * producer. One unit is one record. Latency is taken from every 64th record, to keep the client's own cost low.
 */
final class JavaBulk implements LoadSource {
    private static final int LATENCY_EVERY = 64;

    private final List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final ExecutorService threads;
    private final String topic;
    private final Shape shape;
    private final Meter meter;

    /** @param rate records a second over all producers; 0 for as fast as it goes */
    record Shape(int producers, int recordBytes, double rate) {}

    JavaBulk(String bootstrap, String topic, Shape shape, Meter meter) {
        this.topic = topic;
        this.shape = shape;
        this.meter = meter;
        this.threads = Executors.newFixedThreadPool(shape.producers());
        Map<String, String> settings = Map.of(
                ProducerConfig.BATCH_SIZE_CONFIG, "65536",
                ProducerConfig.LINGER_MS_CONFIG, "5",
                ProducerConfig.BUFFER_MEMORY_CONFIG, "67108864",
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5",
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        for (int i = 0; i < shape.producers(); i++) {
            this.producers.add(JavaClients.producer(bootstrap, settings));
        }
    }

    @Override
    public Load run(long records) throws Exception {
        Histogram latency = new ConcurrentHistogram(Load.newHistogram());
        long start = System.nanoTime();
        List<Future<?>> parts = new ArrayList<>();
        for (int i = 0; i < producers.size(); i++) {
            KafkaProducer<byte[], byte[]> producer = producers.get(i);
            long share = (records * (i + 1)) / producers.size() - (records * i) / producers.size();
            parts.add(threads.submit(() -> send(producer, share, latency)));
        }
        for (Future<?> part : parts) {
            part.get();
        }
        return new Load(records, records * shape.recordBytes(), (System.nanoTime() - start) / 1e9, latency);
    }

    private void send(KafkaProducer<byte[], byte[]> producer, long records, Histogram latency) {
        AtomicReference<Exception> failure = new AtomicReference<>();
        byte[] value = new byte[shape.recordBytes()];
        new SplittableRandom(shape.recordBytes()).nextBytes(value);
        Callback acknowledged = (metadata, error) -> {
            meter.count(1);
            if (error != null) {
                failure.compareAndSet(null, error);
            }
        };
        Pacer pacer = new Pacer(shape.rate() / shape.producers(), System.nanoTime());
        for (long i = 0; i < records; i++) {
            if (shape.rate() > 0) {
                pacer.await(i);
            }
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, value);
            producer.send(record, i % LATENCY_EVERY == 0 ? timed(acknowledged, latency) : acknowledged);
        }
        producer.flush();
        if (failure.get() != null) {
            throw new BenchException("a record was not acknowledged: " + failure.get(), failure.get());
        }
    }

    private static Callback timed(Callback next, Histogram latency) {
        long sent = System.nanoTime();
        return (metadata, error) -> {
            latency.recordValue(System.nanoTime() - sent);
            next.onCompletion(metadata, error);
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
        producers.forEach(KafkaProducer::close);
    }
}
