package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Writes the field types of Kafka's message formats, big-endian.
 *
 * <pre>
 *   string           [int16 length][UTF-8]            nullable: length -1
 *   bytes            [int32 length][bytes]
 *   compact string   [uvarint length + 1][UTF-8]      nullable: 0
 *   compact bytes    [uvarint length + 1][bytes]
 *   compact array    [uvarint count + 1][elements]
 *   tagged fields    [uvarint count]{[uvarint tag][uvarint size][field]}*
 * </pre>
 */
final class FieldWriter {
    private byte[] bytes = new byte[64];
    private int size;

    FieldWriter int8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    FieldWriter int16(int value) {
        return int8(value >>> 8).int8(value);
    }

    FieldWriter int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    FieldWriter int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    FieldWriter uuid(UUID value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    FieldWriter uvarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            int8(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        return int8(rest);
    }

    FieldWriter string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a string of " + utf8.length + " bytes does not fit its field");
        }
        return int16(utf8.length).raw(utf8);
    }

    FieldWriter nullableString(Optional<String> value) {
        return value.isPresent() ? string(value.get()) : int16(-1);
    }

    FieldWriter bytes(Bytes value) {
        return int32(value.size()).raw(value.array());
    }

    FieldWriter compactString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return uvarint(utf8.length + 1).raw(utf8);
    }

    FieldWriter compactNullableString(Optional<String> value) {
        return value.isPresent() ? compactString(value.get()) : uvarint(0);
    }

    FieldWriter compactBytes(Bytes value) {
        return uvarint(value.size() + 1).raw(value.array());
    }

    <T> FieldWriter compactArray(Iterable<T> elements, int count, BiConsumer<FieldWriter, T> write) {
        uvarint(count + 1);
        for (T element : elements) {
            write.accept(this, element);
        }
        return this;
    }

    FieldWriter compactInts(List<Integer> values) {
        return compactArray(values, values.size(), FieldWriter::int32);
    }

    FieldWriter noTags() {
        return uvarint(0);
    }

    /** The one tagged field 0 with what {@code field} holds. */
    FieldWriter tagZero(FieldWriter field) {
        return uvarint(1).uvarint(0).uvarint(field.size).raw(field.toArray());
    }

    Bytes toBytes() {
        return Bytes.of(toArray());
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(toArray());
    }

    private byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    private FieldWriter raw(byte[] source) {
        ensure(source.length);
        System.arraycopy(source, 0, bytes, size, source.length);
        size += source.length;
        return this;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
