package io.sluice.kafka.peer;

import io.netty.buffer.ByteBuf;
import io.sluice.network.PeerConnection;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * A fetch on the wire.
 *
 * <pre>
 *   int32 length | int16 1 (Fetch) | int16 version | int32 correlation id | int16 -1 (no client id) | 0x00 (no tags)
 *   | body, as kafka-clients writes it
 * </pre>
 */
final class FetchRequestFrame {
    /** With topic ids (13), and the replica's epoch (15). Brokers of one cluster are updated one by one: keep it. */
    static final short VERSION = 18;

    private static final short FETCH = 1;
    private static final int HEADER_BYTES = 11;

    private FetchRequestFrame() {}

    static ByteBuf encode(FetchRequestData request, int correlationId, PeerConnection connection) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        request.addSize(size, cache, VERSION);
        int length = HEADER_BYTES + size.totalSize();
        ByteBuf frame = connection.allocate(Integer.BYTES + length);
        ByteBuffer out = frame.nioBuffer(0, Integer.BYTES + length);
        out.putInt(length).putShort(FETCH).putShort(VERSION).putInt(correlationId);
        out.putShort((short) -1).put((byte) 0);
        request.write(new ByteBufferAccessor(out), cache, VERSION);
        return frame.writerIndex(Integer.BYTES + length);
    }
}
