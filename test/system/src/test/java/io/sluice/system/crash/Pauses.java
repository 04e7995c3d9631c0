package io.sluice.system.crash;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;

/**
 * The longest time between two acks that a producer has seen for one partition. Acks come in from producer threads, each
 * writer's on one.
 */
public final class Pauses {
    /**
     * One pause.
     *
     * @param millis how long
     * @param where which partition
     * @param endedAtMs when it was over, by the wall clock, to be looked up in the brokers' logs
     */
    public record Pause(long millis, String where, long endedAtMs) {}

    private record Series(int writer, TopicPartition partition) {}

    private final Map<Series, Long> lastAck = new ConcurrentHashMap<>();
    private final AtomicReference<Pause> longest = new AtomicReference<>(new Pause(0, "none", 0));

    void acked(int writer, TopicPartition partition) {
        long now = System.nanoTime();
        Long before = lastAck.put(new Series(writer, partition), now);
        if (before != null) {
            Pause pause = new Pause((now - before) / 1_000_000, partition.toString(), System.currentTimeMillis());
            longest.accumulateAndGet(pause, (a, b) -> a.millis() >= b.millis() ? a : b);
        }
    }

    /** The longest since the last call of this. */
    public Pause takeLongest() {
        return longest.getAndSet(new Pause(0, "none", 0));
    }
}
