package io.sluice.system.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What the broker has promised (every ack, by partition and offset) and what a reader found. Acks come in from producer
 * threads; checking is done by one reader per instance of {@link Reader}.
 */
public final class Ledger implements Witness {
    private final Map<TopicPartition, NavigableMap<Long, Payload>> acked = new HashMap<>();

    public Ledger(Iterable<TopicPartition> partitions) {
        partitions.forEach(partition -> acked.put(partition, new ConcurrentSkipListMap<>()));
    }

    @Override
    public void acked(TopicPartition partition, long offset, Payload payload) {
        if (offset < 0) {
            return;
        }
        Payload other = acked.get(partition).putIfAbsent(offset, payload);
        // A duplicate that the broker recognised is acked at the offset that it already has.
        assertThat(other)
                .as("what was acked at %s offset %d before %s", partition, offset, payload)
                .isIn(null, payload);
    }

    /** The highest offset acked, -1 when there is none. */
    public long lastAcked(TopicPartition partition) {
        NavigableMap<Long, Payload> all = acked.get(partition);
        return all.isEmpty() ? -1 : all.lastKey();
    }

    public long count() {
        return acked.values().stream().mapToLong(Map::size).sum();
    }

    /** Checks records of one partition, given in the order in which they are read from {@code start}. */
    public final class Reader {
        private final TopicPartition partition;
        private final boolean idempotent;
        private final Map<Integer, Long> lastNumber = new HashMap<>();
        private long next;

        /**
         * @param idempotent whether the writers are, so that their numbers must come without gap and repetition
         */
        public Reader(TopicPartition partition, boolean idempotent) {
            this.partition = partition;
            this.idempotent = idempotent;
        }

        public void check(ConsumerRecord<byte[], byte[]> record) {
            assertThat(record.offset())
                    .as("offsets of %s are without gap", partition)
                    .isEqualTo(next);
            next = record.offset() + 1;
            Payload found = Payload.parse(record.value());
            Payload promised = acked.get(partition).get(record.offset());
            if (promised != null) {
                assertThat(found)
                        .as("record acked at %s offset %d", partition, record.offset())
                        .isEqualTo(promised);
            }
            long last = lastNumber.getOrDefault(found.writer(), -1L);
            if (idempotent) {
                assertThat(found.number())
                        .as("number of writer %d at %s offset %d", found.writer(), partition, record.offset())
                        .isEqualTo(last + 1);
            }
            lastNumber.put(found.writer(), Math.max(last, found.number()));
        }

        public long next() {
            return next;
        }
    }
}
