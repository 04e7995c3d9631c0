package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.WireWriter;
import java.util.UUID;
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
    private static final int BYTES_PER_PARTITION = 48;

    private final short version;
    private final boolean flexible;
    private final ByteBuf out;

    ProduceAnswer(Exchange exchange, ByteBufAllocator allocator, int topics) {
        version = exchange.version();
        flexible = version >= ProduceHandler.FLEXIBLE_FROM;
        out = allocator.directBuffer(128);
        out.writeInt(0);
        out.writeInt(exchange.correlationId());
        WireWriter.writeNoTaggedFields(out, flexible);
        WireWriter.writeArrayLength(out, flexible, topics);
    }

    void topic(@Nullable String name, @Nullable UUID id, int partitions) {
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
        WireWriter.writeNoTaggedFields(out, flexible);
    }

    void endTopic() {
        WireWriter.writeNoTaggedFields(out, flexible);
    }

    ByteBuf finish() {
        out.writeInt(0);
        WireWriter.writeNoTaggedFields(out, flexible);
        out.setInt(0, out.writerIndex() - Integer.BYTES);
        return out;
    }
}
