package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Kafka's primitive types read straight from a buffer, each checked against what is left of the frame. */
public final class WireReader {
    private static final int MAX_VARINT_SHIFT = 28;

    private WireReader() {}

    public static short readShort(ByteBuf in) {
        need(in, Short.BYTES);
        return in.readShort();
    }

    public static int readInt(ByteBuf in) {
        need(in, Integer.BYTES);
        return in.readInt();
    }

    public static long readLong(ByteBuf in) {
        need(in, Long.BYTES);
        return in.readLong();
    }

    public static UUID readUuid(ByteBuf in) {
        need(in, 2 * Long.BYTES);
        return new UUID(in.readLong(), in.readLong());
    }

    public static int readUnsignedVarint(ByteBuf in) {
        int value = 0;
        for (int shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
            need(in, 1);
            byte b = in.readByte();
            value |= (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedRequestException("a varint is longer than five bytes");
    }

    /** A count of array elements that each take at least {@code elementBytes}; the array may not be null. */
    public static int readArrayLength(ByteBuf in, boolean flexible, int elementBytes) {
        int count = flexible ? readUnsignedVarint(in) - 1 : readInt(in);
        if (count < 0) {
            throw new MalformedRequestException("an array that may not be null has the length " + count);
        }
        if (count > in.readableBytes() / elementBytes) {
            throw new MalformedRequestException(
                    "an array of " + count + " elements does not fit the " + in.readableBytes() + " bytes left");
        }
        return count;
    }

    public static @Nullable String readNullableString(ByteBuf in, boolean flexible) {
        int length = flexible ? readUnsignedVarint(in) - 1 : readShort(in);
        if (length < 0) {
            return null;
        }
        need(in, length);
        return in.readCharSequence(length, StandardCharsets.UTF_8).toString();
    }

    public static String readString(ByteBuf in, boolean flexible) {
        String value = readNullableString(in, flexible);
        if (value == null) {
            throw new MalformedRequestException("a string that must not be null is null");
        }
        return value;
    }

    /** Length of a bytes field, -1 for null, checked against what is left. */
    public static int readBytesLength(ByteBuf in, boolean flexible) {
        int length = flexible ? readUnsignedVarint(in) - 1 : readInt(in);
        if (length > 0) {
            need(in, length);
        }
        return length;
    }

    public static void skipTaggedFields(ByteBuf in) {
        int count = readUnsignedVarint(in);
        for (int i = 0; i < count; i++) {
            readUnsignedVarint(in);
            in.skipBytes(readTagSize(in));
        }
    }

    /** Length of the value of a tagged field, checked against what is left. */
    public static int readTagSize(ByteBuf in) {
        int size = readUnsignedVarint(in);
        need(in, size);
        return size;
    }

    private static void need(ByteBuf in, int bytes) {
        if (bytes < 0 || in.readableBytes() < bytes) {
            throw new MalformedRequestException(
                    "a field of " + bytes + " bytes does not fit the " + in.readableBytes() + " bytes left");
        }
    }
}
