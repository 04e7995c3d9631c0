package io.sluice.kafka.handler;

import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import io.sluice.engine.ReadOutcome;
import io.sluice.engine.ReadWaiter;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One partition that a fetch reads, with what the client was last told of it. In a session it lives on from fetch to
 * fetch, and so does its subscription to the partition. Used by one fetch at a time, on that fetch's loop.
 */
final class FetchTarget {
    /** How the client names the topic: by name up to version 12, by id from version 13. */
    sealed interface TopicKey {}

    record ByName(String name) implements TopicKey {}

    record ById(UUID id) implements TopicKey {}

    /** Identity within a session. */
    record Key(TopicKey topic, int index) {}

    private final Key key;
    private long offset;
    private int maxBytes;
    private int leaderEpoch;

    private long toldHighWatermark = -1;
    private long toldStartOffset = -1;

    private @Nullable Partition subscribedTo;
    private @Nullable Waiter waiter;

    FetchTarget(TopicKey topic, int index, long offset, int maxBytes, int leaderEpoch) {
        this.key = new Key(topic, index);
        this.offset = offset;
        this.maxBytes = maxBytes;
        this.leaderEpoch = leaderEpoch;
    }

    Key key() {
        return key;
    }

    int maxBytes() {
        return maxBytes;
    }

    /** Takes over what a later request of the session says. */
    void follow(FetchTarget newer) {
        offset = newer.offset;
        maxBytes = newer.maxBytes;
        leaderEpoch = newer.leaderEpoch;
    }

    /** The partition, or null with {@link #missing} telling why. */
    @Nullable
    Partition resolve(Partitions partitions) {
        Partitions.Topic topic = topic(partitions);
        return topic == null ? null : topic.partition(key.index());
    }

    Errors missing(Partitions partitions) {
        Partitions.Topic topic = topic(partitions);
        if (topic == null) {
            return key.topic() instanceof ById ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return topic.hasPartition(key.index()) ? Errors.NOT_LEADER_OR_FOLLOWER : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private Partitions.@Nullable Topic topic(Partitions partitions) {
        return key.topic() instanceof ById byId
                ? partitions.topic(byId.id())
                : partitions.topic(((ByName) key.topic()).name());
    }

    boolean likelyCached(Partition partition) {
        return partition.likelyCached(offset);
    }

    ReadOutcome read(Partition partition, int limit, boolean wholeFirstBatch) {
        return partition.read(offset, limit, wholeFirstBatch, leaderEpoch);
    }

    /** Whether the client has not been told of these offsets yet. */
    boolean isNews(long highWatermark, long startOffset) {
        return toldHighWatermark != highWatermark || toldStartOffset != startOffset;
    }

    void told(long highWatermark, long startOffset) {
        toldHighWatermark = highWatermark;
        toldStartOffset = startOffset;
    }

    /**
     * Asks for a wake-up of {@code operation} once the partition can be read beyond {@code highWatermark}.
     *
     * @return whether it already can, so that there is nothing to wait for
     */
    boolean arm(Partition partition, long highWatermark, FetchOperation operation) {
        Waiter armed = waiter;
        if (armed == null || subscribedTo != partition) {
            close();
            armed = new Waiter();
            waiter = armed;
            subscribedTo = partition;
            partition.subscribe(armed);
        }
        armed.operation = operation;
        armed.arm(highWatermark);
        return partition.highWatermark() > highWatermark
                || !partition.leadership().leading();
    }

    void disarm() {
        Waiter armed = waiter;
        if (armed != null) {
            armed.disarm();
            armed.operation = null;
        }
    }

    /** Ends the subscription. */
    void close() {
        Partition from = subscribedTo;
        Waiter old = waiter;
        if (from != null && old != null) {
            old.disarm();
            from.unsubscribe(old);
        }
        subscribedTo = null;
        waiter = null;
    }

    private static final class Waiter extends ReadWaiter {
        /** Set by the fetch's loop, read by the partition's. */
        private volatile @Nullable FetchOperation operation;

        @Override
        protected void wake() {
            FetchOperation waiting = operation;
            if (waiting != null) {
                waiting.wake();
            }
        }
    }
}
