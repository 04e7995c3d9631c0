package io.sluice.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Steps through the records of one batch without decoding them: their number, offset deltas 0, 1, 2..., and that lengths
 * add up. A record: length (varint), attributes (1), timestamp delta (varlong), offset delta (varint), key length
 * (varint, -1 for null), key, value length, value, headers. For one batch, one thread.
 */
final class RecordCheck {
    private static final String CUT_OFF = "a record is cut off";

    /** A compressed record is unpacked into the heap to be checked: a megabyte of LZ4 can hold one of 200. */
    static final int MOST_OF_ONE_RECORD = 24 << 20;

    private final int count;
    private final boolean keysRequired;

    /** Where {@link #varint} stands. */
    private int cursor;

    RecordCheck(int count, boolean keysRequired) {
        this.count = count;
        this.keysRequired = keysRequired;
    }

    /** What is wrong with the uncompressed records between two positions; empty when nothing is. */
    String run(ByteBuffer buffer, int from, int to) {
        cursor = from;
        for (int i = 0; i < count; i++) {
            long length = varint(buffer, to);
            int end = (int) Math.min(Integer.MAX_VALUE, cursor + length);
            if (cursor < 0 || length < 0 || end > to) {
                return CUT_OFF;
            }
            String problem = record(buffer, i, end);
            if (!problem.isEmpty()) {
                return problem;
            }
            cursor = end;
        }
        return cursor == to ? "" : "there are more bytes than " + count + " records";
    }

    private String record(ByteBuffer buffer, int i, int end) {
        cursor++; // attributes
        varint(buffer, end);
        long offsetDelta = varint(buffer, end);
        long keyLength = varint(buffer, end);
        if (cursor < 0) {
            return CUT_OFF;
        }
        if (offsetDelta != i) {
            return "record " + i + " has offset delta " + offsetDelta;
        }
        if (keyLength < 0 && keysRequired) {
            return "record " + i + " has no key, which a compacted topic needs";
        }
        if (keyLength > end - cursor) {
            return CUT_OFF;
        }
        cursor += (int) Math.max(0, keyLength);
        long valueLength = varint(buffer, end);
        if (cursor < 0 || valueLength > end - cursor) {
            return CUT_OFF;
        }
        cursor += (int) Math.max(0, valueLength);
        return headers(buffer, end) ? "" : "record " + i + " has broken headers";
    }

    private boolean headers(ByteBuffer buffer, int end) {
        long headers = varint(buffer, end);
        if (cursor < 0 || headers < 0 || headers > end - cursor) {
            return false;
        }
        for (long h = 0; h < headers; h++) {
            long name = varint(buffer, end);
            if (cursor < 0 || name < 0 || name > end - cursor) {
                return false;
            }
            cursor += (int) name;
            long value = varint(buffer, end);
            if (cursor < 0 || value > end - cursor) {
                return false;
            }
            cursor += (int) Math.max(0, value);
        }
        return cursor == end;
    }

    /** Reads a zig-zag number of up to 64 bits; the cursor becomes negative when it is cut off. */
    private long varint(ByteBuffer buffer, int end) {
        long raw = 0;
        int at = cursor;
        if (at < 0) {
            return -1;
        }
        for (int shift = 0; shift < 70; shift += 7) {
            if (at >= end) {
                break;
            }
            byte b = buffer.get(at++);
            raw |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                cursor = at;
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        cursor = Integer.MIN_VALUE;
        return -1;
    }

    /**
     * What is wrong with the records in a stream.
     *
     * @param most bytes that are read at most
     */
    String run(InputStream in, long most) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(4096);
        long total = 0;
        for (int i = 0; i < count; i++) {
            long length = varint(in);
            total += length;
            if (length < 0 || length > Integer.MAX_VALUE - 8) {
                return CUT_OFF;
            }
            if (total > most) {
                return "the records unpack to more than " + most + " bytes";
            }
            // A length alone never makes us allocate: large records are read in pieces as they come.
            if (length > MOST_OF_ONE_RECORD) {
                return "record " + i + " unpacks to " + length + " bytes, more than " + MOST_OF_ONE_RECORD;
            }
            if (length > record.capacity()) {
                String problem = large(in, i, (int) length);
                if (!problem.isEmpty()) {
                    return problem;
                }
                continue;
            }
            if (in.readNBytes(record.array(), 0, (int) length) < length) {
                return CUT_OFF;
            }
            cursor = 0;
            String problem = record(record, i, (int) length);
            if (!problem.isEmpty()) {
                return problem;
            }
        }
        return in.read() < 0 ? "" : "there are more bytes than " + count + " records";
    }

    /** A record too large for the buffer: it is read in pieces, so that a length alone never makes us allocate. */
    private String large(InputStream in, int i, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            return CUT_OFF;
        }
        cursor = 0;
        return record(ByteBuffer.wrap(bytes), i, length);
    }

    private static long varint(InputStream in) throws IOException {
        long raw = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = in.read();
            if (b < 0) {
                return -1;
            }
            raw |= (long) (b & 0x7F) << shift;
            if (b < 0x80) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        return -1;
    }
}
