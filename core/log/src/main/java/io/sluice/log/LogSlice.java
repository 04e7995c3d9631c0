package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * A region of a segment file: whole batches, to be sent without copying or read. It is counted by reference: whoever
 * got it, or called {@link #retain}, calls {@link #close} once; until then the file stays open and its bytes stay,
 * though retention may have removed the segment. Safe from any thread.
 */
public interface LogSlice extends AutoCloseable {
    /** Where to send from; empty when the file is not the operating system's. */
    Optional<FileChannel> channel();

    /** Where in the file the region begins, in bytes. */
    long position();

    /** Length of the region; 0 when there is nothing to read yet. */
    int bytes();

    /**
     * Base offset of the region's first batch, or an offset before it: a batch may begin before the offset that was
     * asked for.
     */
    long startOffset();

    /** Whether the region is probably in the page cache, so that a loop may send it without waiting for a disk. */
    boolean likelyCached();

    /** Reads the region, so that it is in the page cache. Blocks: for workers. */
    void warm() throws IOException;

    /** Copies as much of the region as fits into {@code target}, from {@code from} bytes into it; returns how much. */
    int readInto(ByteBuffer target, int from) throws IOException;

    /** Takes one more reference; returns this. */
    LogSlice retain();

    @Override
    void close();
}
