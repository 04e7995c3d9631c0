package io.sluice.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Writes a message between nodes. Whole numbers take as few bytes as they need: groups of seven bits, lowest first, the
 * top bit says that more follow; signed ones are zigzagged first.
 *
 * <pre>
 * text    length, UTF-8
 * struct  length, fields in order        a reader skips what follows the fields it knows
 * list    count, items
 * </pre>
 */
final class PeerWriter {
    private byte[] bytes = new byte[256];
    private int size;

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    int size() {
        return size;
    }

    void u8(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    void bool(boolean value) {
        u8(value ? 1 : 0);
    }

    /** A number that is never negative. */
    void count(int value) {
        unsigned(value);
    }

    void int32(int value) {
        int64(value);
    }

    void int64(long value) {
        unsigned((value << 1) ^ (value >> 63));
    }

    void uuid(UUID value) {
        fixed64(value.getMostSignificantBits());
        fixed64(value.getLeastSignificantBits());
    }

    void text(String value) {
        blob(value.getBytes(StandardCharsets.UTF_8));
    }

    void blob(byte[] value) {
        count(value.length);
        raw(value);
    }

    /** Bytes that were written by another writer, as they are. */
    void raw(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** What {@code fields} writes, behind its length. */
    void struct(Runnable fields) {
        int start = size;
        u8(0); // enough for the length of most
        fields.run();
        int length = size - start - 1;
        int more = bytesOf(length) - 1;
        reserve(more);
        System.arraycopy(bytes, start + 1, bytes, start + 1 + more, length);
        size = start;
        count(length);
        size += length;
    }

    private void unsigned(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private static int bytesOf(int value) {
        return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
    }

    private void fixed64(long value) {
        reserve(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
