package io.sluice.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Reads what {@link PeerWriter} wrote. Trusts nothing: whatever does not fit into the bytes that are left fails with a
 * {@link MalformedMessageException}, before anything is allocated for it.
 */
final class PeerReader {
    private final byte[] bytes;
    private final int end;
    /** Equal values of one message become the same object: thousands of partitions have a few distinct lists. */
    private final Map<Object, Object> shared;

    private int at;

    PeerReader(byte[] bytes) {
        this(bytes, 0, bytes.length, new HashMap<>());
    }

    private PeerReader(byte[] bytes, int at, int end, Map<Object, Object> shared) {
        this.bytes = bytes;
        this.at = at;
        this.end = end;
        this.shared = shared;
    }

    /** Whether anything is left of the message or struct. */
    boolean hasMore() {
        return at < end;
    }

    int u8() {
        need(1);
        return bytes[at++] & 0xff;
    }

    boolean bool() {
        return u8() != 0;
    }

    /** How many items follow, each of which takes a byte at least. */
    int count() {
        long value = unsigned();
        if (value < 0 || value > end - at) {
            throw new MalformedMessageException(value + " items or bytes can't be in the " + (end - at) + " left");
        }
        return (int) value;
    }

    int int32() {
        long value = int64();
        if (value != (int) value) {
            throw new MalformedMessageException(value + " is out of range");
        }
        return (int) value;
    }

    long int64() {
        long value = unsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    UUID uuid() {
        return new UUID(fixed64(), fixed64());
    }

    String text() {
        int length = count();
        String value = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return value;
    }

    byte[] blob() {
        int length = count();
        byte[] value = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return value;
    }

    /** The fields of a struct; this reader goes on after it. */
    PeerReader struct() {
        int length = count();
        PeerReader fields = new PeerReader(bytes, at, at + length, shared);
        at += length;
        return fields;
    }

    /** The first value of this message that equals {@code value}. */
    @SuppressWarnings("unchecked") // equal values of the classes that are shared are of one class
    <T> T shared(T value) {
        return (T) shared.computeIfAbsent(value, own -> own);
    }

    private long unsigned() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new MalformedMessageException("a number does not end");
    }

    private long fixed64() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[at++] & 0xff);
        }
        return value;
    }

    private void need(int count) {
        if (end - at < count) {
            throw new MalformedMessageException("it ends too early");
        }
    }
}
