package io.sluice.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Whole reads and writes over files that may do less than asked (S11). */
final class FileBytes {
    private FileBytes() {}

    /** Fills {@code target} from {@code position} on, as far as the file goes; returns how much was read. */
    static int readAvailable(DiskFile file, ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = file.read(target, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    /** Fills {@code target}, or throws when the file ends before. */
    static void readFully(DiskFile file, ByteBuffer target, long position) throws IOException {
        if (readAvailable(file, target, position) >= 0 && target.hasRemaining()) {
            throw new EOFException("the file ends " + target.remaining() + " bytes before it should");
        }
    }

    static void writeFully(DiskFile file, ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += file.write(source, at);
        }
    }

    /** Writes all of the first {@code count} buffers. */
    static void writeFully(DiskFile file, ByteBuffer[] sources, int count, long position) throws IOException {
        long at = position;
        int first = 0;
        while (true) {
            while (first < count && !sources[first].hasRemaining()) {
                first++;
            }
            if (first == count) {
                return;
            }
            at += file.write(sources, first, count - first, at);
        }
    }

    /** The whole file. For small files only. */
    static ByteBuffer readAll(Disk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            readFully(file, bytes, 0);
            return bytes.flip();
        }
    }

    /**
     * Replaces a file so that after a power loss either the old or the new content is there (S5): temporary file, fsync,
     * rename, fsync of the folder.
     */
    static void replace(Disk disk, Path path, ByteBuffer content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
        disk.delete(temporary);
        try (DiskFile file = disk.create(temporary)) {
            writeFully(file, content, 0);
            file.sync();
        }
        disk.rename(temporary, path);
        Path folder = path.getParent();
        if (folder != null) {
            disk.syncFolder(folder);
        }
    }
}
