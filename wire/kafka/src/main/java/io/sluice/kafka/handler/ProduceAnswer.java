package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.cluster.PartitionImage;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.WireWriter;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a produce response.
 *
 * <pre>
 *   int32 length | int32 correlation id | [tags]
 *   | topics: [ name or id | partitions: [ index, error, base offset, append time, start offset (v5)
 *                                          , record errors (v8), message (v8) ] ]
 *   | int32 throttle ms
 * </pre>
 */
final class ProduceAnswer {
    private static final int RECORD_ERRORS_FROM = 8;
    private static final int START_OFFSET_FROM = 5;
    /** From here on the answer tells who leads instead (KIP-951). */
    private static final int HINTS_FROM = 10;

    private static final int LEADER_TAG = 0;
    private static final int BYTES_PER_PARTITION = 48;

    private final short version;
    private final boolean flexible;
    private final LeaderHints hints;
    private final ByteBuf out;
    private @Nullable String topicName;
    private @Nullable UUID topicId;

    ProduceAnswer(Exchange exchange, LeaderHints hints, ByteBufAllocator allocator, int topics) {
        this.hints = hints;
        version = exchange.version();
        flexible = version >= ProduceHandler.FLEXIBLE_FROM;
        out = allocator.directBuffer(128);
        out.writeInt(0);
        out.writeInt(exchange.correlationId());
        WireWriter.writeNoTaggedFields(out, flexible);
        WireWriter.writeArrayLength(out, flexible, topics);
    }

    void topic(@Nullable String name, @Nullable UUID id, int partitions) {
        topicName = name;
        topicId = id;
        out.ensureWritable(BYTES_PER_PARTITION * partitions);
        if (id != null) {
            WireWriter.writeUuid(out, id);
        } else {
            WireWriter.writeNullableString(out, flexible, name);
        }
        WireWriter.writeArrayLength(out, flexible, partitions);
    }

    void partition(ProduceAppend append) {
        out.writeInt(append.index());
        out.writeShort(append.error().code());
        out.writeLong(append.baseOffset());
        out.writeLong(append.appendTimeMs());
        if (version >= START_OFFSET_FROM) {
            out.writeLong(append.logStartOffset());
        }
        if (version >= RECORD_ERRORS_FROM) {
            WireWriter.writeArrayLength(out, flexible, 0);
            WireWriter.writeNullableString(out, flexible, append.message());
        }
        Optional<PartitionImage> leader = leaderToTell(append);
        if (leader.isPresent()) {
            WireWriter.writeUnsignedVarint(out, 1);
            hints.writeLeader(out, LEADER_TAG, leader.get());
        } else {
            WireWriter.writeNoTaggedFields(out, flexible);
        }
    }

    private Optional<PartitionImage> leaderToTell(ProduceAppend append) {
        boolean tells = version >= HINTS_FROM && append.error() == Errors.NOT_LEADER_OR_FOLLOWER;
        return tells ? hints.find(topicName, topicId, append.index()) : Optional.empty();
    }

    void endTopic() {
        WireWriter.writeNoTaggedFields(out, flexible);
    }

    ByteBuf finish() {
        out.writeInt(0);
        if (version >= HINTS_FROM) {
            hints.writeEndpoints(out);
        } else {
            WireWriter.writeNoTaggedFields(out, flexible);
        }
        out.setInt(0, out.writerIndex() - Integer.BYTES);
        return out;
    }
}
