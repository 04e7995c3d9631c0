package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * What begins every request.
 *
 * <pre>
 *   int16 api key | int16 version | int32 correlation id | nullable string client id | tagged fields (flexible only)
 * </pre>
 *
 * @param apiKey may be one that this broker does not know
 * @param clientId the name that the client gave itself
 */
record RequestHeader(
        short apiKey,
        short version,
        int correlationId,
        @Nullable String clientId) {
    static final int FIXED_BYTES = 8;
    private static final int MAX_CLIENT_ID_BYTES = 1024;

    /** Reads the part that is the same in every version. */
    static RequestHeader readFixed(ByteBuf frame) {
        if (frame.readableBytes() < FIXED_BYTES) {
            throw new MalformedRequestException("a frame of " + frame.readableBytes() + " bytes holds no request");
        }
        return new RequestHeader(frame.readShort(), frame.readShort(), frame.readInt(), null);
    }

    /** Reads the rest for a known API key and a served version. */
    RequestHeader readRest(ByteBuf frame, ApiKeys api) {
        String client = readClientId(frame);
        if (api.requestHeaderVersion(version) >= 2) {
            WireReader.skipTaggedFields(frame);
        }
        return new RequestHeader(apiKey, version, correlationId, client);
    }

    /** Skips the client id where nothing follows it but the body. */
    static void skipClientId(ByteBuf frame) {
        readClientId(frame);
    }

    private static @Nullable String readClientId(ByteBuf frame) {
        int length = WireReader.readShort(frame);
        if (length < 0) {
            return null;
        }
        if (length > MAX_CLIENT_ID_BYTES || length > frame.readableBytes()) {
            throw new MalformedRequestException("client id of " + length + " bytes");
        }
        return frame.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }
}
