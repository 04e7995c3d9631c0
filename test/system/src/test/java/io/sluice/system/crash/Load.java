package io.sluice.system.crash;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Producers and a committing consumer that go on through every crash of the broker, each on a thread of its own, until
 * {@link #stop}.
 */
public final class Load {
    private static final long PAUSE_NANOS = 300_000;
    /** Longer than any backlog between two crashes takes: a record that is given up leaves a gap that is no loss. */
    private static final int PATIENCE_MS = 600_000;

    private final String bootstrap;
    private final Ledger ledger;
    private final Pauses pauses = new Pauses();
    private final Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private final AtomicLong committed = new AtomicLong(-1);
    private final AtomicLong attempted = new AtomicLong(-1);
    private final List<Thread> threads = new java.util.ArrayList<>();
    private volatile boolean stopping;

    public Load(String bootstrap, Ledger ledger) {
        this.bootstrap = bootstrap;
        this.ledger = ledger;
    }

    /** Starts an idempotent producer with five requests in flight over these partitions. */
    public void idempotentWriter(int writer, List<TopicPartition> partitions) {
        start("writer-" + writer, () -> write(writer, partitions, true, Map.of()));
    }

    /** Starts a producer that may store a record twice after a crash, but never loses an acked one. */
    public void plainWriter(int writer, List<TopicPartition> partitions) {
        start(
                "writer-" + writer,
                () -> write(
                        writer,
                        partitions,
                        false,
                        Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4", ProducerConfig.LINGER_MS_CONFIG, 5)));
    }

    /** Starts a producer whose records one broker alone acknowledges (acks=1): they may be lost with it. */
    public void carelessWriter(int writer, List<TopicPartition> partitions) {
        start("writer-" + writer, () -> write(writer, partitions, false, Map.of(ProducerConfig.ACKS_CONFIG, "1")));
    }

    /** Starts a consumer that commits ever higher offsets for its group. */
    public void committer(String group, TopicPartition partition) {
        start("committer", () -> commit(group, partition));
    }

    /** The highest offset whose commit was acked. */
    public long committed() {
        return committed.get();
    }

    /** The highest offset that was ever tried. */
    public long attempted() {
        return attempted.get();
    }

    /** How long writers waited for acks. */
    public Pauses pauses() {
        return pauses;
    }

    public Queue<Throwable> problems() {
        return problems;
    }

    /** Ends the load once everything sent has been acked; the broker must be up. */
    public void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join(PATIENCE_MS);
            if (thread.isAlive()) {
                problems.add(new IllegalStateException(thread.getName() + " does not end"));
            }
        }
    }

    private void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> problems.add(e));
        threads.add(thread);
        thread.start();
    }

    private void write(int writer, List<TopicPartition> partitions, boolean idempotent, Map<String, Object> more) {
        Map<String, Object> settings = new java.util.HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                idempotent,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                PATIENCE_MS,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.BATCH_SIZE_CONFIG,
                4_000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                PATIENCE_MS,
                ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG,
                20,
                ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                100));
        settings.putAll(more);
        long number = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (!stopping) {
                for (TopicPartition partition : partitions) {
                    Payload payload = new Payload(writer, number);
                    producer.send(
                            new ProducerRecord<>(partition.topic(), partition.partition(), null, payload.bytes()),
                            (ack, error) -> note(partition, payload, ack == null ? -1 : ack.offset(), error));
                }
                number++;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void note(TopicPartition partition, Payload payload, long offset, Exception error) {
        if (error == null) {
            pauses.acked(payload.writer(), partition);
        }
        if (error != null) {
            problems.add(new IllegalStateException(payload + " for " + partition + " was given up", error));
        } else if (offset >= 0) {
            // Without an offset the broker only knows that it has the record already.
            try {
                ledger.acked(partition, offset, payload);
            } catch (AssertionError e) {
                problems.add(e);
            }
        }
    }

    private void commit(String group, TopicPartition partition) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "enable.auto.commit",
                "false",
                "reconnect.backoff.ms",
                20,
                "reconnect.backoff.max.ms",
                100,
                "default.api.timeout.ms",
                60_000);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(Set.of(partition));
            for (long offset = 0; !stopping; offset++) {
                attempted.set(offset);
                try {
                    consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset, "commit " + offset)));
                    committed.set(offset);
                } catch (KafkaException unknownOutcome) {
                    // Neither acked nor refused: the next attempt is a higher one.
                    Thread.onSpinWait();
                }
                LockSupport.parkNanos(2_000_000);
            }
        }
    }
}
