package io.sluice.system.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/** A normal client that sends a record and reads it back, over and over, on a thread of its own. */
final class Bystander implements AutoCloseable {
    private static final String TOPIC = "bystander";

    private final AtomicLong trips = new AtomicLong();
    private final AtomicReference<Throwable> problem = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopping;

    Bystander(BrokerProcess broker) {
        thread = new Thread(() -> run(broker.bootstrap()), "bystander");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> problem.set(e));
        thread.start();
    }

    /** Fails unless the client makes {@code count} more round trips within a few seconds. */
    void mustGoOn(int count) {
        long goal = trips.get() + count;
        Awaitility.await("a normal client goes on")
                .atMost(Duration.ofSeconds(20))
                .failFast(() -> assertThat(problem.get()).isNull())
                .until(() -> trips.get() >= goal);
    }

    private void run(String bootstrap) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0);
        Map<String, Object> reading = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        try (KafkaProducer<String, String> producer =
                        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
                KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            while (!stopping) {
                long offset = producer.send(new ProducerRecord<>(TOPIC, 0, null, "trip " + trips))
                        .get(20, TimeUnit.SECONDS)
                        .offset();
                consumer.seek(partition, offset);
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (consumer.position(partition) <= offset && System.nanoTime() < deadline) {
                    consumer.poll(Duration.ofMillis(100));
                }
                assertThat(consumer.position(partition)).isGreaterThan(offset);
                trips.incrementAndGet();
            }
        } catch (Exception e) {
            throw new IllegalStateException("the normal client failed after " + trips + " trips", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        thread.join(20_000);
        assertThat(problem.get()).isNull();
    }
}
