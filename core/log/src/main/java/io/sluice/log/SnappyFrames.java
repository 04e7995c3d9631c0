package io.sluice.log;

import java.nio.ByteBuffer;

/**
 * Checks the lengths in snappy data before the library is given it, which allocates whatever they say (CVE-2023-34455
 * and its kin).
 *
 * <pre>
 * framed   magic (8) = 0x82 "SNAPPY" 0 | version (4) | compatible version (4) | chunk*
 * chunk    compressed length (4) | raw
 * raw      uncompressed length (varint) | data
 * </pre>
 *
 * <p>Without the magic all of it is one raw block.
 */
final class SnappyFrames {
    private static final long MAGIC = 0x82534E4150505900L;
    private static final int HEADER_BYTES = 16;
    /** Snappy's densest element is a copy of 64 bytes in 3; some room for short blocks. */
    private static final int LARGEST_RATIO = 24;

    private static final int SLACK = 128;

    private SnappyFrames() {}

    /** Whether all lengths from position to limit fit what follows them. */
    static boolean areSane(ByteBuffer data) {
        int at = data.position();
        int end = data.limit();
        if (end - at < Long.BYTES || data.getLong(at) != MAGIC) {
            return isSaneBlock(data, at, end);
        }
        at += HEADER_BYTES;
        while (at < end) {
            if (end - at < Integer.BYTES) {
                return false;
            }
            if (end - at >= HEADER_BYTES && data.getLong(at) == MAGIC) {
                at += HEADER_BYTES; // streams may be concatenated
                continue;
            }
            int length = data.getInt(at);
            at += Integer.BYTES;
            if (length < 0 || length > end - at || !isSaneBlock(data, at, at + length)) {
                return false;
            }
            at += length;
        }
        return true;
    }

    private static boolean isSaneBlock(ByteBuffer data, int from, int to) {
        long length = 0;
        int at = from;
        for (int shift = 0; shift < 35 && at < to; shift += 7) {
            byte b = data.get(at++);
            length |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return length <= (long) LARGEST_RATIO * (to - from) + SLACK;
            }
        }
        return false;
    }
}
