package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads what {@link FieldWriter} writes. Every length is checked against what is left before anything is allocated, and
 * whatever does not fit ends in a {@link MalformedRecordException}.
 */
final class FieldReader {
    private final ByteBuffer buffer;

    /** Reads from the buffer's position on; the buffer's own position stays. */
    FieldReader(ByteBuffer buffer) {
        this.buffer = buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
    }

    byte int8() {
        need(1);
        return buffer.get();
    }

    short int16() {
        need(2);
        return buffer.getShort();
    }

    int int32() {
        need(4);
        return buffer.getInt();
    }

    long int64() {
        need(8);
        return buffer.getLong();
    }

    UUID uuid() {
        return new UUID(int64(), int64());
    }

    int uvarint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = int8();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedRecordException("a number of more than five bytes");
    }

    String string() {
        return nullableString().orElseThrow(() -> new MalformedRecordException("a string is null"));
    }

    Optional<String> nullableString() {
        int length = int16();
        return length < 0 ? Optional.empty() : Optional.of(text(length));
    }

    Bytes bytes() {
        return raw(int32());
    }

    Optional<Bytes> nullableBytes() {
        int length = int32();
        return length < 0 ? Optional.empty() : Optional.of(raw(length));
    }

    String compactString() {
        return compactNullableString().orElseThrow(() -> new MalformedRecordException("a string is null"));
    }

    Optional<String> compactNullableString() {
        int length = uvarint() - 1;
        return length < 0 ? Optional.empty() : Optional.of(text(length));
    }

    Bytes compactBytes() {
        return raw(uvarint() - 1);
    }

    <T> List<T> array(Function<FieldReader, T> element) {
        return elements(int32(), element);
    }

    <T> List<T> compactArray(Function<FieldReader, T> element) {
        return elements(uvarint() - 1, element);
    }

    List<Integer> compactInts() {
        return compactArray(FieldReader::int32);
    }

    void skipTags() {
        tagZero(field -> field);
    }

    /** Reads all tagged fields, of which only field 0 is ever wanted here; others come from newer brokers. */
    <T> Optional<T> tagZero(Function<FieldReader, T> read) {
        Optional<T> found = Optional.empty();
        int count = uvarint();
        for (int i = 0; i < count; i++) {
            int tag = uvarint();
            int length = uvarint();
            need(length);
            ByteBuffer field = buffer.slice(buffer.position(), length);
            buffer.position(buffer.position() + length);
            if (tag == 0) {
                found = Optional.of(read.apply(new FieldReader(field)));
            }
        }
        return found;
    }

    private <T> List<T> elements(int count, Function<FieldReader, T> element) {
        // No element takes less than a byte, so a count beyond what is left cannot be true.
        need(count);
        List<T> elements = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            elements.add(element.apply(this));
        }
        return elements;
    }

    private String text(int length) {
        need(length);
        byte[] utf8 = new byte[length];
        buffer.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private Bytes raw(int length) {
        need(length);
        byte[] copy = new byte[length];
        buffer.get(copy);
        return Bytes.of(copy);
    }

    private void need(int length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new MalformedRecordException(
                    "a length of " + length + " where " + buffer.remaining() + " bytes are left");
        }
    }
}
