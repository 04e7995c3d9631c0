package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Kafka's primitive types written straight to a buffer, in the form of flexible or of older versions. */
public final class WireWriter {
    private WireWriter() {}

    public static void writeUnsignedVarint(ByteBuf out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    public static void writeArrayLength(ByteBuf out, boolean flexible, int count) {
        if (flexible) {
            writeUnsignedVarint(out, count + 1);
        } else {
            out.writeInt(count);
        }
    }

    public static void writeNullableString(ByteBuf out, boolean flexible, @Nullable String value) {
        if (value == null) {
            if (flexible) {
                out.writeByte(0);
            } else {
                out.writeShort(-1);
            }
            return;
        }
        int bytes = ByteBufUtil.utf8Bytes(value);
        if (flexible) {
            writeUnsignedVarint(out, bytes + 1);
        } else {
            out.writeShort(bytes);
        }
        out.writeCharSequence(value, StandardCharsets.UTF_8);
    }

    public static void writeUuid(ByteBuf out, UUID id) {
        out.writeLong(id.getMostSignificantBits()).writeLong(id.getLeastSignificantBits());
    }

    public static void writeNoTaggedFields(ByteBuf out, boolean flexible) {
        if (flexible) {
            out.writeByte(0);
        }
    }
}
