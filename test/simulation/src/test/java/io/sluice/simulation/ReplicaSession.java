package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import io.sluice.engine.ReadError;
import io.sluice.engine.ReadOutcome;
import io.sluice.engine.ReadWaiter;
import io.sluice.engine.ReplicaAnswer;
import io.sluice.engine.ReplicaAnswer.Part;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaFetch.Position;
import io.sluice.engine.ReplicaFetch.Ref;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leader's side of a follower's link: remembers what the follower asks for and answers once there is something to say
 * or the follower has waited long enough. On the loop that reads the connection.
 */
final class ReplicaSession {
    /** What was last said of a partition, so that only news is said again. */
    private record Said(long highWatermark, long logStartOffset) {}

    private final World world;
    private final SimBroker broker;
    private final SimLoop loop;
    private final Map<Ref, Position> positions = new LinkedHashMap<>();
    private final Map<Ref, Said> said = new LinkedHashMap<>();
    private final Map<Ref, Waiter> waiters = new LinkedHashMap<>();
    private @Nullable ReplicaFetch asked;
    private @Nullable Consumer<ReplicaAnswer> answer;
    private Cancellable timer = () -> {};
    private boolean lookQueued;

    private ReplicaSession(World world, SimBroker broker, SimLoop loop) {
        this.world = world;
        this.broker = broker;
        this.loop = loop;
    }

    /** The session of a connection; it begins with the first request. */
    static ReplicaSession of(World world, SimBroker broker, SimConnection connection) {
        if (connection.session() instanceof ReplicaSession known) {
            return known;
        }
        SimLoop loop = world.simulation().running();
        if (loop == null) {
            throw new IllegalStateException("requests are read on a loop");
        }
        ReplicaSession begun = new ReplicaSession(world, broker, loop);
        connection.session(begun, begun::close);
        return begun;
    }

    void fetch(ReplicaFetch request, Consumer<ReplicaAnswer> to) {
        request.forgotten().forEach(this::forget);
        for (Position position : request.changed()) {
            positions.put(position.partition(), position);
            said.remove(position.partition());
        }
        asked = request;
        answer = to;
        timer = loop.schedule(request.maxWaitMs(), () -> look(true));
        look(false);
    }

    private void forget(Ref ref) {
        positions.remove(ref);
        said.remove(ref);
        Waiter waiter = waiters.remove(ref);
        if (waiter != null) {
            waiter.stop();
        }
    }

    private void close() {
        timer.cancel();
        asked = null;
        answer = null;
        List.copyOf(positions.keySet()).forEach(this::forget);
    }

    /** Reads what is asked for and answers, or waits on. */
    private void look(boolean waitedEnough) {
        ReplicaFetch request = asked;
        Consumer<ReplicaAnswer> to = answer;
        if (request == null || to == null) {
            return;
        }
        armAll();
        List<Part> parts = new ArrayList<>();
        int room = request.maxBytes();
        int bytes = 0;
        boolean urgent = false;
        for (Position position : positions.values()) {
            Part part = read(request, position, Math.min(room, position.maxBytes()), bytes == 0);
            bytes += part.records().remaining();
            room = Math.max(0, room - part.records().remaining());
            urgent |= part.error().isPresent() || part.diverging().isPresent();
            if (saysSomething(part)) {
                parts.add(part);
            }
        }
        // A leader may answer before there is anything: a follower must be able to live with it.
        boolean early = !parts.isEmpty() && world.simulation().pace().oneIn(8);
        if (bytes >= request.minBytes() || urgent || waitedEnough || early) {
            timer.cancel();
            asked = null;
            answer = null;
            for (Part part : parts) {
                said.put(part.partition(), new Said(part.highWatermark(), part.logStartOffset()));
            }
            to.accept(new ReplicaAnswer.Fetched(parts));
        }
    }

    private boolean saysSomething(Part part) {
        return part.error().isPresent()
                || part.diverging().isPresent()
                || part.records().hasRemaining()
                || !new Said(part.highWatermark(), part.logStartOffset()).equals(said.get(part.partition()));
    }

    private Part read(ReplicaFetch request, Position position, int maxBytes, boolean wholeFirstBatch) {
        Ref ref = position.partition();
        Partition partition = find(ref);
        if (partition == null) {
            return error(ref, ReadError.NOT_LEADER);
        }
        Position limited = new Position(
                ref,
                position.leaderEpoch(),
                position.offset(),
                position.lastEpoch(),
                position.logStartOffset(),
                maxBytes);
        ReadOutcome outcome =
                partition.readForReplica(request.brokerId(), request.brokerEpoch(), limited, wholeFirstBatch);
        if (outcome instanceof ReadOutcome.Data data) {
            try (var slice = data.slice()) {
                ByteBuffer records = ByteBuffer.allocate(slice.bytes());
                slice.readInto(records, 0);
                if (world.network().spoils()) {
                    spoil(records.flip());
                    records.position(records.limit());
                }
                return new Part(
                        ref,
                        Optional.empty(),
                        data.highWatermark(),
                        data.logStartOffset(),
                        Optional.empty(),
                        records.flip());
            } catch (IOException e) {
                return error(ref, ReadError.STORAGE_FAILED);
            }
        }
        if (outcome instanceof ReadOutcome.Diverged diverged) {
            return new Part(
                    ref,
                    Optional.empty(),
                    diverged.highWatermark(),
                    diverged.logStartOffset(),
                    Optional.of(diverged.end()),
                    nothing());
        }
        if (outcome instanceof ReadOutcome.Refused refused) {
            return new Part(
                    ref,
                    Optional.of(refused.error()),
                    refused.highWatermark(),
                    refused.logStartOffset(),
                    Optional.empty(),
                    nothing());
        }
        ReadOutcome.Nothing none = (ReadOutcome.Nothing) outcome;
        return new Part(
                ref, Optional.empty(), none.highWatermark(), none.logStartOffset(), Optional.empty(), nothing());
    }

    /** A bit flips on the way. */
    private void spoil(ByteBuffer records) {
        if (records.hasRemaining()) {
            int at = world.simulation().pace().below(records.limit());
            world.simulation().say("network", "spoils byte " + at + " of " + records.limit());
            records.put(at, (byte)
                    (records.get(at) ^ (1 << world.simulation().pace().below(8))));
        }
    }

    private static Part error(Ref ref, ReadError error) {
        return new Part(ref, Optional.of(error), -1, -1, Optional.empty(), nothing());
    }

    private static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }

    private @Nullable Partition find(Ref ref) {
        Engine engine = broker.engine();
        Partitions.Topic topic = engine == null ? null : engine.partitions().topic(ref.topicId());
        return topic == null ? null : topic.partition(ref.partition());
    }

    /** Sees to it that whatever comes to a partition from now on is noticed. */
    private void armAll() {
        for (Position position : positions.values()) {
            Partition partition = find(position.partition());
            Waiter waiter = waiters.get(position.partition());
            if (waiter != null && waiter.partition != partition) {
                waiter.stop();
                waiters.remove(position.partition());
                waiter = null;
            }
            if (partition != null) {
                if (waiter == null) {
                    waiter = new Waiter(partition);
                    waiters.put(position.partition(), waiter);
                    partition.subscribeReplica(waiter);
                }
                waiter.arm(position.offset());
            }
        }
    }

    private final class Waiter extends ReadWaiter {
        final Partition partition;

        Waiter(Partition partition) {
            this.partition = partition;
        }

        @Override
        protected void wake() {
            if (!lookQueued) {
                lookQueued = true;
                loop.execute(() -> {
                    lookQueued = false;
                    look(false);
                });
            }
        }

        void stop() {
            disarm();
            partition.unsubscribe(this);
        }
    }
}
