package io.sluice.system.history;

import io.sluice.system.crash.Payload;
import io.sluice.system.crash.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Everything that writers tried and readers saw while a cluster was mistreated, and what it amounts to. Writers and
 * readers note on their own threads; the verdict is asked for when all have ended and one reader has read everything.
 */
public final class History implements Witness {
    private static final int FINDINGS_MAX = 50;

    private final Moments moments;
    private final Map<TopicPartition, PartitionHistory> partitions = new LinkedHashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();

    public History() {
        this(System::nanoTime);
    }

    /**
     * @param nanos the clock, of which only differences count
     */
    History(LongSupplier nanos) {
        this.moments = new Moments(nanos);
    }

    /** Adds partitions whose writers are idempotent. */
    public History exactlyOnce(List<TopicPartition> more) {
        more.forEach(each -> partitions.put(each, new PartitionHistory(each.toString(), true, moments, this::note)));
        return this;
    }

    /** Adds partitions whose writers may store a record twice. */
    public History atLeastOnce(List<TopicPartition> more) {
        more.forEach(each -> partitions.put(each, new PartitionHistory(each.toString(), false, moments, this::note)));
        return this;
    }

    @Override
    public void sending(TopicPartition partition, Payload payload) {
        partitions.get(partition).sending(payload);
    }

    @Override
    public void acked(TopicPartition partition, long offset, Payload payload) {
        partitions.get(partition).acked(payload, offset);
    }

    @Override
    public void refused(TopicPartition partition, Payload payload) {
        partitions.get(partition).refused(payload);
    }

    /** How many records were acked. */
    public long count() {
        return partitions.values().stream().mapToLong(PartitionHistory::acked).sum();
    }

    public List<TopicPartition> partitions() {
        return List.copyOf(partitions.keySet());
    }

    /** Looks for pauses between the acks of a partition from now on (13). */
    public void watchPauses() {
        partitions.values().forEach(PartitionHistory::watchPauses);
    }

    /** The longest time that any partition went without an ack since {@link #watchPauses}. */
    public Duration longestPause() {
        return Duration.ofNanos(partitions.values().stream()
                .mapToLong(PartitionHistory::longestPauseNanos)
                .max()
                .orElse(0));
    }

    /** How long the partition that has waited longest for its next ack has waited now. */
    public Duration silence() {
        return Duration.ofNanos(partitions.values().stream()
                .mapToLong(PartitionHistory::silenceNanos)
                .max()
                .orElse(0));
    }

    /** Looks for an ack of something that is sent from now on, in each partition. */
    public void awaitAcks() {
        partitions.values().forEach(PartitionHistory::awaitAck);
    }

    /** Whether all of them have come. */
    public boolean recovered() {
        return partitions.values().stream().allMatch(PartitionHistory::recovered);
    }

    /** Says why a pass would show less than it seems to. */
    public void doubt(String why) {
        synchronized (doubts) {
            doubts.add(why);
        }
    }

    /** A reader that reads each partition from its beginning, in order. Used by one thread. */
    public final class Reader {
        private final String name;
        private final Map<TopicPartition, Long> nexts = new LinkedHashMap<>();

        public Reader(String name) {
            this.name = name;
        }

        public void found(ConsumerRecord<byte[], byte[]> record) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            long expected = next(partition);
            if (record.offset() != expected) {
                note(
                        Anomaly.SKIPPED,
                        partition + ": " + name + " was given " + record.offset() + " instead of " + expected);
            }
            nexts.put(partition, record.offset() + 1);
            partitions.get(partition).found(name, record.offset(), record.value());
        }

        public long next(TopicPartition partition) {
            return nexts.getOrDefault(partition, 0L);
        }
    }

    /** The last offset that an ack names, -1 for none. */
    public long lastAcked(TopicPartition partition) {
        return partitions.get(partition).lastAcked();
    }

    /**
     * Judges what was noted; once, at the end, when a reader has read all that there is.
     *
     * @param ackedMin with fewer acks the verdict is not known
     */
    public Verdict verdict(long ackedMin) {
        partitions.values().forEach(PartitionHistory::conclude);
        synchronized (findings) {
            if (!findings.isEmpty()) {
                return new Verdict.Fail(List.copyOf(findings));
            }
        }
        if (count() < ackedMin) {
            doubt("only " + count() + " records were acked");
        }
        synchronized (doubts) {
            return doubts.isEmpty()
                    ? new Verdict.Pass(count(), outcomes(Sends.REFUSED), outcomes(Sends.UNKNOWN))
                    : new Verdict.Unknown(List.copyOf(doubts));
        }
    }

    private long outcomes(int outcome) {
        return partitions.values().stream()
                .mapToLong(each -> each.count(outcome))
                .sum();
    }

    private void note(Anomaly anomaly, String where) {
        synchronized (findings) {
            if (findings.size() < FINDINGS_MAX) {
                findings.add(new Finding(anomaly, where));
            }
        }
    }
}
