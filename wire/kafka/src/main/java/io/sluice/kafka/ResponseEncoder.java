package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Turns a generated response into a frame.
 *
 * <pre>
 *   int32 length | int32 correlation id | 0x00 (no tagged fields; flexible only) | body
 * </pre>
 */
final class ResponseEncoder {
    /** One answer must not take what all connections share; a description of 100,000 partitions has 10 MB. */
    private static final int MAX_ANSWER_BYTES =
            (int) Math.min(256 << 20, Math.max(16 << 20, Runtime.getRuntime().maxMemory() / 8));

    private ResponseEncoder() {}

    static ByteBuf encode(ApiMessage body, ApiKeys api, short version, int correlationId, ByteBufAllocator allocator) {
        int headerBytes = headerBytes(api, version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        body.addSize(size, cache, version);
        int frameBytes = headerBytes + size.totalSize();
        if (frameBytes > MAX_ANSWER_BYTES) {
            throw new IllegalStateException(
                    api.name + " would be answered with " + frameBytes + " bytes, more than the " + MAX_ANSWER_BYTES
                            + " that this broker's heap allows; ask for less at once");
        }
        ByteBuf out = allocator.directBuffer(Integer.BYTES + frameBytes);
        try {
            ByteBuffer target = out.nioBuffer(0, Integer.BYTES + frameBytes);
            target.putInt(frameBytes).putInt(correlationId);
            if (headerBytes > Integer.BYTES) {
                target.put((byte) 0);
            }
            body.write(new ByteBufferAccessor(target), cache, version);
            out.writerIndex(Integer.BYTES + frameBytes);
            return out;
        } catch (RuntimeException e) {
            out.release();
            throw e;
        }
    }

    /** Bytes of the response header: the correlation id, and an empty set of tagged fields from header version 1. */
    static int headerBytes(ApiKeys api, short version) {
        return api.responseHeaderVersion(version) >= 1 ? Integer.BYTES + 1 : Integer.BYTES;
    }
}
