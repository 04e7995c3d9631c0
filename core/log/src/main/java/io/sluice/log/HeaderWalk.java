package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Steps over the batches of a segment file, reading little more than their headers; a batch's checksum is computed only
 * when asked for. For one thread.
 */
final class HeaderWalk {
    private final DiskFile file;
    private final long end;
    private final ByteBuffer chunk;
    /** Where in the file the chunk begins. */
    private long chunkStart;
    /** Where the batch under the cursor begins, and how long it is (0 before the first). */
    private long position;

    private int size;
    private String problem = "";
    private boolean cutShort;

    /**
     * @param position where the first batch begins
     * @param end where to stop
     * @param chunkBytes how much is read at a time
     */
    HeaderWalk(DiskFile file, long position, long end, int chunkBytes) {
        this.file = file;
        this.position = position;
        this.end = end;
        this.chunk = ByteBuffer.allocate(Math.max(chunkBytes, 2 * BatchHeader.SIZE));
        this.chunk.limit(0);
    }

    /**
     * Moves to the next batch. False at the end, and when what follows is no batch: then {@link #problem} is not empty
     * and {@link #position} is where it lies.
     */
    boolean next() throws IOException {
        position += size;
        size = 0;
        if (position == end) {
            return false;
        }
        if (end - position < BatchHeader.SIZE) {
            cutShort = true;
            return stop("a batch header is cut off");
        }
        int at = load(BatchHeader.SIZE);
        if (at < 0) {
            return stop("the file ends within a batch header");
        }
        int claimed = BatchHeader.sizeInBytes(chunk, at);
        if (claimed < BatchHeader.SIZE) {
            return stop("the batch length " + (claimed - BatchHeader.LENGTH_END) + " is impossible");
        }
        if (claimed > end - position) {
            cutShort = true;
            return stop("a batch of " + claimed + " bytes is cut off");
        }
        if (BatchHeader.magic(chunk, at) != BatchHeader.MAGIC) {
            return stop("the magic is " + BatchHeader.magic(chunk, at) + " instead of 2");
        }
        if (BatchHeader.lastOffsetDelta(chunk, at) < 0) {
            return stop("the last offset delta is negative");
        }
        size = claimed;
        return true;
    }

    /** Whether the checksum of the current batch matches; if not there is a {@link #problem}. Reads all of the batch. */
    boolean verify() throws IOException {
        CRC32C crc = new CRC32C();
        int expected = BatchHeader.crc(chunk, at());
        long from = position + 21;
        long to = position + size;
        while (from < to) {
            int part = (int) Math.min(to - from, chunk.capacity());
            int at = loadAt(from, (int) Math.min(part, 4096));
            if (at < 0) {
                return stop("the file ends within a batch");
            }
            part = (int) Math.min(to - from, chunk.limit() - at);
            ByteBuffer view = chunk.duplicate().limit(at + part).position(at);
            crc.update(view);
            from += part;
        }
        if ((int) crc.getValue() != expected) {
            return stop("the checksum does not match");
        }
        return load(BatchHeader.SIZE) >= 0;
    }

    /** Where the walk was to stop. */
    long end() {
        return end;
    }

    /** Where the current batch begins; after {@link #next} returned false, where the walk stopped. */
    long position() {
        return position;
    }

    /** Size of the current batch. */
    int size() {
        return size;
    }

    /** What ended the walk, empty when that was its end. */
    String problem() {
        return problem;
    }

    /** Whether what ended the walk looks like a write that was interrupted: sound as far as it goes. */
    boolean isCutShort() {
        return cutShort;
    }

    /** Buffer with the header of the current batch, at {@link #at}. */
    ByteBuffer buffer() {
        return chunk;
    }

    int at() {
        return (int) (position - chunkStart);
    }

    private boolean stop(String why) {
        problem = why;
        size = 0;
        return false;
    }

    private int load(int bytes) throws IOException {
        return loadAt(position, bytes);
    }

    /** Makes {@code bytes} bytes from {@code from} on available; returns where in the chunk, -1 when the file ends. */
    private int loadAt(long from, int bytes) throws IOException {
        if (from < chunkStart || from + bytes > chunkStart + chunk.limit()) {
            chunk.clear();
            chunk.limit((int) Math.min(chunk.capacity(), end - from));
            int read = FileBytes.readAvailable(file, chunk, from);
            chunk.limit(read).position(0);
            chunkStart = from;
            if (read < bytes) {
                return -1;
            }
        }
        return (int) (from - chunkStart);
    }
}
