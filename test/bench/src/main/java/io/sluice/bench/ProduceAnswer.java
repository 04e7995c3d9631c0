package io.sluice.bench;

import java.nio.ByteBuffer;

/**
 * Looks for errors in a Produce response without making objects of it (versions 9 to 13, the flexible ones):
 *
 * <pre>
 *  topics: count+1 (varint), each
 *    name (varint length+1, bytes)   |  from version 13: topic id, 16 bytes
 *    partitions: count+1 (varint), each
 *      index int32 | error int16 | base offset int64 | append time int64 | start offset int64
 *      record errors (1 byte when empty) | error message (1 byte when null) | tagged fields
 *    tagged fields
 * </pre>
 */
final class ProduceAnswer {
    private static final int TOPIC_ID_BYTES = 16;
    private static final int OFFSETS_AND_TIME_BYTES = 24;
    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;

    private ProduceAnswer() {}

    /** The first error code that is not 0, or 0. The buffer stands behind the response header. */
    static short firstError(ByteBuffer body, short version) {
        int topics = varint(body) - 1;
        for (int t = 0; t < topics; t++) {
            skip(body, version >= FIRST_VERSION_WITH_TOPIC_IDS ? TOPIC_ID_BYTES : varint(body) - 1);
            int partitions = varint(body) - 1;
            for (int p = 0; p < partitions; p++) {
                body.getInt();
                short error = body.getShort();
                if (error != 0) {
                    return error;
                }
                skip(body, OFFSETS_AND_TIME_BYTES);
                skip(body, 2);
                skipTaggedFields(body);
            }
            skipTaggedFields(body);
        }
        return 0;
    }

    private static void skipTaggedFields(ByteBuffer body) {
        int fields = varint(body);
        for (int i = 0; i < fields; i++) {
            varint(body);
            skip(body, varint(body));
        }
    }

    private static void skip(ByteBuffer body, int bytes) {
        body.position(body.position() + bytes);
    }

    private static int varint(ByteBuffer body) {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = body.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new BenchException("a Produce response holds a varint of more than five bytes");
    }
}
