package io.sluice.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One official producer that writes to one partition through whatever happens to its brokers: it sends a record, waits
 * until that is acknowledged (acks=all, idempotent, retried by the client itself), and sends the next, at most one
 * every two milliseconds. A thread of its own sends; any other thread may ask when acknowledgements came.
 */
final class SteadyProducer implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Duration ACK_LIMIT = Duration.ofMinutes(2);
    private static final int RECORD_BYTES = 100;

    private final Producer<byte[], byte[]> producer;
    private final Topic topic;
    private final int partition;
    private final Thread thread;

    // Guarded by this.
    private final AckTimes acks = new AckTimes(System.nanoTime());
    private @Nullable Exception failure;
    private boolean stopped;

    SteadyProducer(String bootstrap, Topic topic, int partition) {
        this(JavaClients.producer(bootstrap, settings()), topic, partition);
    }

    /** @param producer is closed with this one */
    SteadyProducer(Producer<byte[], byte[]> producer, Topic topic, int partition) {
        this.topic = topic;
        this.partition = partition;
        this.producer = producer;
        this.thread = new Thread(this::run, "steady-" + topic.name() + "-" + partition);
        thread.start();
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(JavaClients.QUICK_RETRIES);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        return settings;
    }

    private void run() {
        byte[] value = new byte[RECORD_BYTES];
        try {
            while (!isStopped()) {
                long sent = System.nanoTime();
                producer.send(new ProducerRecord<>(topic.name(), partition, null, value))
                        .get();
                acknowledged(sent);
                LockSupport.parkNanos(sent + INTERVAL_NANOS - System.nanoTime());
            }
        } catch (ExecutionException | RuntimeException refused) {
            fail(refused);
        } catch (InterruptedException closed) {
            fail(closed);
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized void acknowledged(long sentNanos) {
        acks.add(sentNanos, System.nanoTime());
        notifyAll();
    }

    private synchronized void fail(Exception cause) {
        failure = cause;
        notifyAll();
    }

    /** Waits for so many more acknowledgements. */
    synchronized void awaitAcks(long count) throws InterruptedException {
        long target = acks.count() + count;
        long deadline = System.nanoTime() + ACK_LIMIT.toNanos();
        while (acks.count() < target) {
            pause(deadline);
        }
    }

    /**
     * Waits until a record is acknowledged that was sent after this call began: an answer of a broker that has died
     * since, still on its way, does not count.
     *
     * @return when the acknowledgement came, as {@link System#nanoTime} has it
     */
    synchronized long awaitAckOfLaterRecord() throws InterruptedException {
        long deadline = System.nanoTime() + ACK_LIMIT.toNanos();
        acks.watch(System.nanoTime());
        while (acks.watched().isEmpty()) {
            pause(deadline);
        }
        return acks.watched().getAsLong();
    }

    private synchronized void pause(long deadline) throws InterruptedException {
        requireNoFailure();
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw new BenchException(
                    topic.name() + "-" + partition + " acknowledged no record for " + ACK_LIMIT.toSeconds() + " s");
        }
        wait(left);
    }

    private synchronized void requireNoFailure() {
        if (failure != null) {
            throw new BenchException(
                    "a record for " + topic.name() + "-" + partition + " was not acknowledged: " + failure, failure);
        }
    }

    /** Forgets the pauses so far, but for one that lasts. */
    synchronized void forgetPauses() {
        acks.forgetPauses();
    }

    /** The longest time between two acknowledgements, or from the last one to now, since pauses were forgotten. */
    synchronized Duration longestPause() {
        requireNoFailure();
        return Duration.ofNanos(acks.longestPauseNanos(System.nanoTime()));
    }

    /** Sends nothing more, waits for the last acknowledgement, and returns how many there were. */
    long stop() throws InterruptedException {
        synchronized (this) {
            stopped = true;
        }
        thread.join(ACK_LIMIT.toMillis());
        synchronized (this) {
            requireNoFailure();
            if (thread.isAlive()) {
                throw new BenchException("the last record for " + topic.name() + "-" + partition
                        + " was not acknowledged within " + ACK_LIMIT.toSeconds() + " s");
            }
            return acks.count();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
        }
        thread.interrupt();
        producer.close(Duration.ZERO);
    }
}
