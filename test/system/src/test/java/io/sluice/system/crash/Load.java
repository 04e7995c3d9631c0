package io.sluice.system.crash;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Producers and a committing consumer that go on through every crash of the broker, each on a thread of its own, until
 * {@link #stop}.
 */
public final class Load {
    private static final long PAUSE_NANOS = 300_000;
    private static final long PAUSE_IMPATIENT_NANOS = 5_000_000;
    private static final long COMMIT_PAUSE_NANOS = 2_000_000;
    /** A paced load commits once in so many rounds of its writers. */
    private static final int COMMIT_ROUNDS = 8;

    private static final int COMMITS_PER_LOOK = 16;
    /** Longer than any backlog between two crashes takes: a record that is given up leaves a gap that is no loss. */
    private static final int PATIENCE_MS = 600_000;

    private final String bootstrap;
    private final Witness witness;
    private final Tempo tempo;
    private final Pauses pauses = new Pauses();
    private final Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private final AtomicLong committed = new AtomicLong(-1);
    private final AtomicLong attempted = new AtomicLong(-1);
    private final List<Thread> threads = new java.util.ArrayList<>();
    private volatile boolean stopping;

    public Load(String bootstrap, Witness witness) {
        this(bootstrap, witness, Tempo.UNPACED);
    }

    public Load(String bootstrap, Witness witness, Tempo tempo) {
        this.bootstrap = bootstrap;
        this.witness = witness;
        this.tempo = tempo;
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

    /** Starts a producer that tries each record once: some it knows to have failed, of others it never knows. */
    public void impatientWriter(int writer, List<TopicPartition> partitions) {
        start(
                "writer-" + writer,
                () -> write(
                        writer,
                        partitions,
                        false,
                        Map.of(
                                ProducerConfig.RETRIES_CONFIG,
                                0,
                                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                                3_000,
                                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                                4_000)));
    }

    /** Starts a reader without a group that follows these partitions from their beginning. */
    public void follower(List<TopicPartition> partitions, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        start("follower", () -> follow(partitions, each));
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
                requestTimeoutMs(),
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
        boolean patient = !Integer.valueOf(0).equals(more.get(ProducerConfig.RETRIES_CONFIG));
        long number = 0;
        long due = System.nanoTime();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (!stopping) {
                for (TopicPartition partition : partitions) {
                    Payload payload = new Payload(writer, number);
                    witness.sending(partition, payload);
                    producer.send(
                            new ProducerRecord<>(partition.topic(), partition.partition(), null, payload.bytes()),
                            (ack, error) -> {
                                note(partition, payload, ack == null ? -1 : ack.offset(), error);
                                if (patient) {
                                    mustBeAcked(partition, payload, error);
                                }
                            });
                }
                number++;
                due += tempo.round().toNanos();
                LockSupport.parkNanos(pauseNanos(patient, due));
            }
        }
    }

    private long pauseNanos(boolean patient, long due) {
        if (tempo.paced()) {
            return Math.max(0, due - System.nanoTime());
        }
        return patient ? PAUSE_NANOS : PAUSE_IMPATIENT_NANOS;
    }

    private int requestTimeoutMs() {
        return Math.toIntExact(tempo.requestTimeout().toMillis());
    }

    /** What was acked must be what others see (G5). */
    private void look(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        OffsetAndMetadata found = consumer.committed(Set.of(partition)).get(partition);
        if (found == null || found.offset() < committed.get()) {
            problems.add(new IllegalStateException(
                    "the group's offset went back to " + found + " after commit " + committed.get() + " was acked"));
        }
    }

    private void note(TopicPartition partition, Payload payload, long offset, Exception error) {
        try {
            if (error == null) {
                pauses.acked(payload.writer(), partition);
                witness.acked(partition, offset, payload);
            } else if (error instanceof NotEnoughReplicasException) {
                witness.refused(partition, payload);
            }
        } catch (AssertionError e) {
            problems.add(e);
        }
    }

    private void mustBeAcked(TopicPartition partition, Payload payload, Exception error) {
        if (error != null) {
            problems.add(new IllegalStateException(payload + " for " + partition + " was given up", error));
        }
    }

    private void follow(List<TopicPartition> partitions, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "auto.offset.reset",
                "none",
                "enable.auto.commit",
                "false",
                "reconnect.backoff.ms",
                20,
                "reconnect.backoff.max.ms",
                100,
                "request.timeout.ms",
                requestTimeoutMs());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, 0));
            while (!stopping) {
                consumer.poll(Duration.ofMillis(100)).forEach(each);
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
                "request.timeout.ms",
                requestTimeoutMs(),
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
                    if (offset % COMMITS_PER_LOOK == 0) {
                        look(consumer, partition);
                    }
                } catch (KafkaException unknownOutcome) {
                    // Neither acked nor refused: the next attempt is a higher one.
                    Thread.onSpinWait();
                }
                LockSupport.parkNanos(Math.max(
                        COMMIT_PAUSE_NANOS, COMMIT_ROUNDS * tempo.round().toNanos()));
            }
        }
    }
}
