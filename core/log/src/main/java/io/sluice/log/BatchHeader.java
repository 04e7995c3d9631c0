package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Reads, and where the broker owns the field writes, the header of a record batch (Kafka's format v2) in place.
 *
 * <pre>
 *  0  base offset (8)          the broker's
 *  8  length (4)               bytes that follow this field
 * 12  leader epoch (4)         the broker's
 * 16  magic (1) = 2
 * 17  CRC-32C (4)              of everything from byte 21 on
 * 21  attributes (2)           0-2 codec, 3 append time, 4 transactional, 5 control
 * 23  last offset delta (4)
 * 27  base timestamp (8)
 * 35  max timestamp (8)
 * 43  producer id (8)          -1 without
 * 51  producer epoch (2)
 * 53  base sequence (4)
 * 57  record count (4)
 * 61  records
 * </pre>
 *
 * <p>Stateless; {@code at} is the absolute position of the batch in the buffer, whose byte order must be big-endian.
 */
public final class BatchHeader {
    /** Bytes before the first record. */
    public static final int SIZE = 61;
    /** Bytes up to and including the length field. */
    public static final int LENGTH_END = 12;

    public static final byte MAGIC = 2;

    private static final int LENGTH_AT = 8;
    private static final int LEADER_EPOCH_AT = 12;
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int PRODUCER_ID_AT = 43;
    private static final int PRODUCER_EPOCH_AT = 51;
    private static final int BASE_SEQUENCE_AT = 53;
    private static final int COUNT_AT = 57;

    private static final int CODEC_MASK = 0x07;
    private static final int APPEND_TIME_BIT = 0x08;
    private static final int TRANSACTIONAL_BIT = 0x10;
    private static final int CONTROL_BIT = 0x20;

    private BatchHeader() {}

    public static long baseOffset(ByteBuffer buffer, int at) {
        return buffer.getLong(at);
    }

    public static void baseOffset(ByteBuffer buffer, int at, long offset) {
        buffer.putLong(at, offset);
    }

    /** Size of the whole batch as its length field has it. Not checked: it may be anything. */
    public static int sizeInBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LENGTH_AT) + LENGTH_END;
    }

    public static int leaderEpoch(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LEADER_EPOCH_AT);
    }

    public static void leaderEpoch(ByteBuffer buffer, int at, int epoch) {
        buffer.putInt(at + LEADER_EPOCH_AT, epoch);
    }

    public static byte magic(ByteBuffer buffer, int at) {
        return buffer.get(at + MAGIC_AT);
    }

    public static int crc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + CRC_AT);
    }

    public static short attributes(ByteBuffer buffer, int at) {
        return buffer.getShort(at + ATTRIBUTES_AT);
    }

    /** The codec's number; {@link Codec#exists} tells whether there is such a codec. */
    public static int codecId(ByteBuffer buffer, int at) {
        return attributes(buffer, at) & CODEC_MASK;
    }

    public static boolean appendTime(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & APPEND_TIME_BIT) != 0;
    }

    public static boolean transactional(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & TRANSACTIONAL_BIT) != 0;
    }

    public static boolean control(ByteBuffer buffer, int at) {
        return (attributes(buffer, at) & CONTROL_BIT) != 0;
    }

    public static int lastOffsetDelta(ByteBuffer buffer, int at) {
        return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    public static long lastOffset(ByteBuffer buffer, int at) {
        return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
    }

    public static long baseTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + BASE_TIMESTAMP_AT);
    }

    public static long maxTimestamp(ByteBuffer buffer, int at) {
        return buffer.getLong(at + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuffer buffer, int at) {
        return buffer.getLong(at + PRODUCER_ID_AT);
    }

    public static short producerEpoch(ByteBuffer buffer, int at) {
        return buffer.getShort(at + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuffer buffer, int at) {
        return buffer.getInt(at + BASE_SEQUENCE_AT);
    }

    public static int count(ByteBuffer buffer, int at) {
        return buffer.getInt(at + COUNT_AT);
    }

    /**
     * The checksum of what the batch holds; {@code size} bytes from {@code at} must be in the buffer. Moves the buffer's
     * position and limit meanwhile, so the buffer must not be in use by another thread.
     */
    public static int computeCrc(ByteBuffer buffer, int at, int size) {
        int position = buffer.position();
        int limit = buffer.limit();
        CRC32C crc = new CRC32C();
        crc.update(buffer.limit(at + size).position(at + ATTRIBUTES_AT));
        buffer.limit(limit).position(position);
        return (int) crc.getValue();
    }

    /** Stamps the broker's time on all records of the batch and renews the checksum. */
    static void stampAppendTime(ByteBuffer buffer, int at, int size, long nowMs) {
        buffer.putShort(at + ATTRIBUTES_AT, (short) (attributes(buffer, at) | APPEND_TIME_BIT));
        buffer.putLong(at + MAX_TIMESTAMP_AT, nowMs);
        buffer.putInt(at + CRC_AT, computeCrc(buffer, at, size));
    }

    /**
     * Size of the batch at {@code at} if all of it lies before {@code limit} and its length is possible; -1 if not. Use
     * it to step through a buffer of batches.
     */
    public static int wholeBatchSize(ByteBuffer buffer, int at, int limit) {
        if (limit - at < SIZE) {
            return -1;
        }
        int length = buffer.getInt(at + LENGTH_AT);
        if (length < SIZE - LENGTH_END || length > limit - at - LENGTH_END) {
            return -1;
        }
        return length + LENGTH_END;
    }
}
