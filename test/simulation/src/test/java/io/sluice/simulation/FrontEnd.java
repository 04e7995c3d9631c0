package io.sluice.simulation;

import io.sluice.base.TopicPartition;
import io.sluice.cluster.PartitionImage;
import io.sluice.engine.AcksWanted;
import io.sluice.engine.AppendError;
import io.sluice.engine.AppendListener;
import io.sluice.engine.Checked;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.ReadError;
import io.sluice.engine.ReadOutcome;
import io.sluice.engine.group.CommittedOffset;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.MemberRef;
import io.sluice.engine.group.OffsetCommit;
import io.sluice.engine.group.OffsetFetch;
import io.sluice.log.LogId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a protocol's front end: carries out clients' requests on a broker's engine. Runs on the loop that reads
 * the connection; answers may come from any.
 */
final class FrontEnd {
    private static final int READ_BYTES = 4_096;
    /** A producer's {@code request.timeout.ms}. */
    private static final long ACK_TIMEOUT_MS = 30_000;

    /** What a client is told of a partition. */
    record Place(int leader, int leaderEpoch) {}

    /** What became of a produce request. */
    sealed interface Produced {
        record Done(long baseOffset) implements Produced {}

        record Refused(AppendError error, String message) implements Produced {}
    }

    /** What a read found. */
    sealed interface Read {
        record Found(ByteBuffer batches, long highWatermark) implements Read {}

        /** @param logStart where the log begins, -1 when that was not said */
        record Refused(ReadError error, String message, long logStart) implements Read {}
    }

    private final World world;
    private final SimBroker broker;

    FrontEnd(World world, SimBroker broker) {
        this.world = world;
        this.broker = broker;
    }

    /** Where the broker believes a partition's leader to be. */
    Optional<Place> leader(LogId id) {
        Engine engine = broker.engine();
        return engine == null
                ? Optional.empty()
                : engine.image()
                        .topic(id.topicId())
                        .flatMap(topic -> topic.partition(id.partition()))
                        .filter(image -> !image.isOffline())
                        .map(FrontEnd::place);
    }

    private static Place place(PartitionImage image) {
        return new Place(image.leader(), image.leaderEpoch());
    }

    void produce(LogId id, ByteBuffer batch, boolean allReplicas, Consumer<Produced> answer) {
        Partition partition = find(id);
        if (partition == null) {
            answer.accept(new Produced.Refused(AppendError.NOT_LEADER, id + " is not here"));
            return;
        }
        Checked checked = partition.check(batch);
        if (checked instanceof Checked.Refused refused) {
            world.violated("a sound batch is refused: " + refused);
            return;
        }
        ByteBuffer accepted = ((Checked.Accepted) checked).batch();
        AcksWanted acks = allReplicas ? AcksWanted.all(ACK_TIMEOUT_MS) : AcksWanted.LEADER;
        partition.home().run(() -> partition.append(accepted, acks, new Told(partition, allReplicas, answer)));
    }

    private final class Told implements AppendListener {
        private final Partition partition;
        private final boolean allReplicas;
        private final Consumer<Produced> answer;

        Told(Partition partition, boolean allReplicas, Consumer<Produced> answer) {
            this.partition = partition;
            this.allReplicas = allReplicas;
            this.answer = answer;
        }

        @Override
        public void appended(long baseOffset, long appendTimeMs, long logStartOffset) {
            if (allReplicas) {
                world.require(
                        baseOffset < partition.highWatermark(),
                        broker.host() + " r1: " + partition.id() + " acknowledges offset " + baseOffset
                                + " with the high watermark at " + partition.highWatermark());
                broker.disk().observe(() -> world.history().look(broker, partition));
            }
            answer.accept(new Produced.Done(baseOffset));
        }

        @Override
        public void refused(AppendError error, String message) {
            answer.accept(new Produced.Refused(error, message));
        }
    }

    Read read(LogId id, long offset, int knownEpoch) {
        Partition partition = find(id);
        if (partition == null) {
            return new Read.Refused(ReadError.NOT_LEADER, id + " is not here", -1);
        }
        ReadOutcome outcome = partition.read(offset, READ_BYTES, true, knownEpoch);
        if (outcome instanceof ReadOutcome.Data data) {
            try (var slice = data.slice()) {
                ByteBuffer batches = ByteBuffer.allocate(slice.bytes());
                slice.readInto(batches, 0);
                if (partition.log().failure().isPresent() || broker.disk().rotten()) {
                    // What the checker can't read with its own eyes it does not let a client take for granted.
                    return new Read.Refused(ReadError.STORAGE_FAILED, id + " has a failed disk", -1);
                }
                broker.disk().observe(() -> world.history().look(broker, partition));
                return new Read.Found(batches.flip(), data.highWatermark());
            } catch (IOException e) {
                return new Read.Refused(ReadError.STORAGE_FAILED, String.valueOf(e.getMessage()), -1);
            }
        }
        if (outcome instanceof ReadOutcome.Nothing nothing) {
            return new Read.Found(ByteBuffer.allocate(0), nothing.highWatermark());
        }
        if (outcome instanceof ReadOutcome.Refused refused) {
            return new Read.Refused(refused.error(), refused.message(), refused.logStartOffset());
        }
        throw new AssertionError("a client is told what replicas are told: " + outcome);
    }

    /** Takes down how far a group has come. */
    void commit(String group, TopicPartition read, long offset, Consumer<GroupError> answer) {
        Engine engine = broker.engine();
        if (engine == null) {
            answer.accept(GroupError.NOT_COORDINATOR);
            return;
        }
        OffsetCommit.Offset wanted = new OffsetCommit.Offset(read, CommittedOffset.NO_TOPIC_ID, offset, -1, "");
        engine.groups()
                .commitOffsets(new OffsetCommit.Request(
                        MemberRef.dynamic(group, ""), -1, false, OptionalLong.empty(), List.of(wanted)))
                .thenAccept(response -> answer.accept(response.of(read)));
    }

    /** Says how far a group has come. */
    void committed(String group, TopicPartition read, Consumer<OffsetFetch.Response> answer) {
        Engine engine = broker.engine();
        if (engine == null) {
            answer.accept(OffsetFetch.Response.refused(GroupError.NOT_COORDINATOR));
            return;
        }
        engine.groups()
                .fetchOffsets(new OffsetFetch.Request(group, Optional.empty(), -1, Optional.of(List.of(read))))
                .thenAccept(answer);
    }

    private @Nullable Partition find(LogId id) {
        Engine engine = broker.engine();
        return engine == null ? null : Health.find(engine, id);
    }
}
