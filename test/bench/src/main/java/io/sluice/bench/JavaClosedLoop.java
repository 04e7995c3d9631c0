package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The official producer, many times: a thread each, that sends one record and waits for its acknowledgement before it
 * sends the next. One unit is one record.
 */
final class JavaClosedLoop implements LoadSource {
    private final List<KafkaProducer<byte[], byte[]>> producers = new ArrayList<>();
    private final ExecutorService threads;
    private final String topic;
    private final int recordBytes;
    private final Meter meter;

    JavaClosedLoop(String bootstrap, String topic, int producers, int recordBytes, Meter meter) {
        this.meter = meter;
        this.topic = topic;
        this.recordBytes = recordBytes;
        this.threads = Executors.newFixedThreadPool(producers);
        for (int i = 0; i < producers; i++) {
            this.producers.add(JavaClients.producer(bootstrap, Map.of(ProducerConfig.LINGER_MS_CONFIG, "0")));
        }
    }

    @Override
    public Load run(long records) throws Exception {
        long start = System.nanoTime();
        List<Future<Histogram>> parts = new ArrayList<>();
        for (int i = 0; i < producers.size(); i++) {
            KafkaProducer<byte[], byte[]> producer = producers.get(i);
            long share = (records * (i + 1)) / producers.size() - (records * i) / producers.size();
            parts.add(threads.submit(() -> sendOneByOne(producer, share)));
        }
        Histogram all = Load.newHistogram();
        for (Future<Histogram> part : parts) {
            all.add(part.get());
        }
        return new Load(records, records * recordBytes, (System.nanoTime() - start) / 1e9, all);
    }

    private Histogram sendOneByOne(KafkaProducer<byte[], byte[]> producer, long records) throws Exception {
        Histogram latency = Load.newHistogram();
        byte[] value = new byte[recordBytes];
        for (long i = 0; i < records; i++) {
            long sent = System.nanoTime();
            producer.send(new ProducerRecord<>(topic, value)).get();
            latency.recordValue(System.nanoTime() - sent);
            meter.count(1);
        }
        return latency;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        producers.forEach(KafkaProducer::close);
    }
}
