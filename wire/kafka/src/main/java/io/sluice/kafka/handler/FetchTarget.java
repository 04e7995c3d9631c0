package io.sluice.kafka.handler;

import io.sluice.engine.Engine;
import io.sluice.engine.Leadership;
import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import io.sluice.engine.ReadOutcome;
import io.sluice.engine.ReadWaiter;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.StoredReads;
import java.util.OptionalInt;
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

    private static final long NOTHING = -1;

    private final Key key;
    private FetchPosition position;

    private long toldHighWatermark = NOTHING;
    private long toldStartOffset = NOTHING;

    private @Nullable Partition subscribedTo;
    private @Nullable Waiter waiter;

    FetchTarget(TopicKey topic, int index, FetchPosition position) {
        this.key = new Key(topic, index);
        this.position = position;
    }

    Key key() {
        return key;
    }

    int maxBytes() {
        return position.maxBytes();
    }

    /**
     * Takes over what a later request of the session says. A follower names a partition again, too, when it could not use
     * what it was told last, so that counts no more.
     */
    void follow(FetchTarget newer) {
        position = newer.position;
        toldHighWatermark = NOTHING;
        toldStartOffset = NOTHING;
    }

    /** The partition, or null with {@link #missing} telling why. */
    @Nullable
    Partition resolve(Partitions partitions) {
        Partitions.Topic topic = topic(partitions);
        return topic == null ? null : topic.partition(key.index());
    }

    Errors missing(Engine engine) {
        return key.topic() instanceof ById byId
                ? Absent.byId(engine, byId.id(), key.index())
                : Absent.byName(engine, ((ByName) key.topic()).name(), key.index());
    }

    private Partitions.@Nullable Topic topic(Partitions partitions) {
        return key.topic() instanceof ById byId
                ? partitions.topic(byId.id())
                : partitions.topic(((ByName) key.topic()).name());
    }

    boolean likelyCached(Partition partition) {
        return partition.likelyCached(position.offset());
    }

    ReadOutcome read(Partition partition, FetchReader reader, int limit, boolean wholeFirstBatch) {
        if (reader.isDebugging()) {
            return StoredReads.read(partition, position.offset(), limit, wholeFirstBatch, position.leaderEpoch());
        }
        if (reader.anyReplica()) {
            return partition.readAnywhere(position.offset(), limit, wholeFirstBatch, position.leaderEpoch());
        }
        if (!reader.isReplica()) {
            return partition.read(position.offset(), limit, wholeFirstBatch, position.leaderEpoch());
        }
        ReplicaFetch.Position stands = new ReplicaFetch.Position(
                partition.ref(),
                position.leaderEpoch(),
                position.offset(),
                position.lastEpoch(),
                position.logStartOffset(),
                limit);
        return partition.readForReplica(reader.brokerId(), reader.brokerEpoch(), stands, wholeFirstBatch);
    }

    /** The broker that the consumer had better read from, if that is another. */
    OptionalInt nearest(Engine engine, Partition partition, FetchReader reader) {
        if (!reader.anyReplica() || partition.fence(position.leaderEpoch()) != null) {
            return OptionalInt.empty();
        }
        return engine.readReplicas().nearest(partition, reader.rack(), position.offset());
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
     * Asks for a wake-up of {@code operation} once the partition can be read further: a consumer beyond
     * {@code highWatermark}, a replica beyond what it has.
     *
     * @return whether it already can, so that there is nothing to wait for
     */
    boolean arm(Partition partition, FetchReader reader, long highWatermark, FetchOperation operation) {
        Waiter armed = subscribed(partition, reader);
        armed.operation = operation;
        long read = reader.isReplica() ? position.offset() : highWatermark;
        armed.arm(read);
        long readable = reader.isReplica() ? partition.endOffset() : partition.highWatermark();
        return readable > read || !isServed(partition.leadership(), reader);
    }

    /**
     * Asks for a wake-up of {@code operation} when the partition changes, and not for what can be read: it is held back.
     *
     * @return whether it is not held back any more, or not served here, so that there is nothing to wait for
     */
    boolean armForChange(Partition partition, FetchReader reader, FetchOperation operation) {
        Waiter armed = subscribed(partition, reader);
        armed.operation = operation;
        armed.armForChange();
        return partition.throttleOf(reader.brokerId()).isEmpty() || !isServed(partition.leadership(), reader);
    }

    private Waiter subscribed(Partition partition, FetchReader reader) {
        Waiter known = waiter;
        if (known != null && subscribedTo == partition) {
            return known;
        }
        close();
        Waiter added = new Waiter();
        waiter = added;
        subscribedTo = partition;
        subscribe(partition, reader, added);
        return added;
    }

    private static boolean isServed(Leadership now, FetchReader reader) {
        return now.leading() || (reader.anyReplica() && now.isServed());
    }

    private static void subscribe(Partition partition, FetchReader reader, Waiter armed) {
        if (reader.isReplica()) {
            partition.subscribeReplica(armed);
        } else {
            partition.subscribe(armed);
        }
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
