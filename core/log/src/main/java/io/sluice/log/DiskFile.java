package io.sluice.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** An open file. Reads and writes name their position and may run at the same time from several threads. */
public interface DiskFile extends Closeable {
    /** Reads what there is, up to what {@code target} holds; -1 at or beyond the end. May read less. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes some of {@code source}: perhaps less than all of it. Returns how much. */
    int write(ByteBuffer source, long position) throws IOException;

    /** Writes some of several buffers in one call. One thread at a time. Returns how much. */
    long write(ByteBuffer[] sources, int first, int count, long position) throws IOException;

    long size() throws IOException;

    void truncate(long size) throws IOException;

    /** Forces the bytes written so far to the disk. Blocks. */
    void sync() throws IOException;

    /** The channel to send from without copying; empty for files that are not the operating system's. */
    Optional<FileChannel> channel();
}
