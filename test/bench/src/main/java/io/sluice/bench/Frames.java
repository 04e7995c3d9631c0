package io.sluice.bench;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Kafka's framing: {@code int32 size | request header | request}. Size and correlation id stand at fixed places:
 *
 * <pre>
 *  0      4        6            8                12
 *  | size | api key| api version| correlation id | client id, tagged fields, request ...
 * </pre>
 */
final class Frames {
    static final int SIZE_BYTES = 4;
    static final int CORRELATION_AT = 8;
    static final String CLIENT_ID = "sluice-bench";

    private Frames() {}

    /** The whole frame, ready to be written from position 0. */
    static ByteBuffer request(ApiKeys key, short version, int correlationId, ApiMessage request) {
        short headerVersion = key.requestHeaderVersion(version);
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(key.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(CLIENT_ID);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = header.size(cache, headerVersion) + request.size(cache, version);
        ByteBuffer frame = ByteBuffer.allocate(SIZE_BYTES + size);
        ByteBufferAccessor writer = new ByteBufferAccessor(frame);
        writer.writeInt(size);
        header.write(writer, cache, headerVersion);
        request.write(writer, cache, version);
        return frame.flip();
    }

    /** Reads the response header, checks whose answer this is, and leaves the buffer at the response's first byte. */
    static void openResponse(ByteBuffer response, ApiKeys key, short version, int correlationId) {
        ResponseHeaderData header =
                new ResponseHeaderData(new ByteBufferAccessor(response), key.responseHeaderVersion(version));
        if (header.correlationId() != correlationId) {
            throw new BenchException(
                    key + " answered with correlation id " + header.correlationId() + " instead of " + correlationId);
        }
    }
}
