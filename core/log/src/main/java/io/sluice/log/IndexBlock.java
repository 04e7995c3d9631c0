package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A block of an index file.
 *
 * <pre>
 * file    0     magic (4) "SLIX" | version (4) = 1 | base offset (8)
 *        16     block 0, block 1, ...
 *
 * block   0     255 entries of 16 bytes: relative offset (4) | position (4) | max timestamp before it (8);
 *               unused ones at the end are zero (no entry has position 0)
 *        4080   covered to (4): the log up to this position is in the index
 *        4084   max timestamp (8) of the log up to there
 *        4092   CRC-32C (4) of all before
 * </pre>
 *
 * <p>Only the last block may have unused entries.
 */
final class IndexBlock {
    static final int HEADER_BYTES = 16;
    static final int BYTES = 4096;
    static final int ENTRIES = 255;

    private static final int MAGIC = 0x534C4958;
    private static final int VERSION = 1;
    private static final int ENTRY_BYTES = 16;
    private static final int COVERED_AT = ENTRIES * ENTRY_BYTES;
    private static final int MAX_TIMESTAMP_AT = COVERED_AT + 4;
    private static final int CRC_AT = BYTES - 4;

    private IndexBlock() {}

    static ByteBuffer fileHeader(long base) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .putInt(MAGIC)
                .putInt(VERSION)
                .putLong(base)
                .flip();
    }

    static boolean isFileHeader(ByteBuffer header, long base) {
        return header.getInt(0) == MAGIC && header.getInt(4) == VERSION && header.getLong(8) == base;
    }

    static long filePosition(int block) {
        return HEADER_BYTES + (long) block * BYTES;
    }

    static ByteBuffer encode(IndexEntries entries, int count, int coveredTo, long maxTimestamp) {
        ByteBuffer block = ByteBuffer.allocate(BYTES);
        for (int i = 0; i < count; i++) {
            block.putInt(entries.offsets[i]).putInt(entries.positions[i]).putLong(entries.timestamps[i]);
        }
        block.putInt(COVERED_AT, coveredTo).putLong(MAX_TIMESTAMP_AT, maxTimestamp);
        return block.putInt(CRC_AT, checksum(block)).clear();
    }

    /** Whether these 4096 bytes are a block that was written whole. */
    static boolean isWhole(ByteBuffer block) {
        return block.getInt(CRC_AT) == checksum(block);
    }

    static int count(ByteBuffer block) {
        int low = 0;
        int high = ENTRIES;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (position(block, middle) != 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    static int offset(ByteBuffer block, int entry) {
        return block.getInt(entry * ENTRY_BYTES);
    }

    static int position(ByteBuffer block, int entry) {
        return block.getInt(entry * ENTRY_BYTES + 4);
    }

    static long timestamp(ByteBuffer block, int entry) {
        return block.getLong(entry * ENTRY_BYTES + 8);
    }

    static int coveredTo(ByteBuffer block) {
        return block.getInt(COVERED_AT);
    }

    static long maxTimestamp(ByteBuffer block) {
        return block.getLong(MAX_TIMESTAMP_AT);
    }

    private static int checksum(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.duplicate().limit(CRC_AT).position(0));
        return (int) crc.getValue();
    }
}
