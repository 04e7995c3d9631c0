package io.sluice.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes the kernel's free memory cheap to use for whoever comes next. A virtual machine may hand free pages back to its
 * host; then the first write to each of them waits for the hypervisor, several times longer than the write itself, and
 * which of two brokers meets more of such pages is chance. A file that is written to the page cache and removed just
 * before leaves as many pages that are there already.
 */
final class FreeMemory {
    private static final int CHUNK_BYTES = 1 << 20;
    /** Above what the load writes: batch headers, indexes, other files. */
    private static final double ALLOWANCE = 1.3;

    private FreeMemory() {}

    /** Writes and removes a file of about {@code bytes} in {@code folder}, and removes the folder. */
    static void claim(Path folder, long bytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long chunks = (long) (bytes * ALLOWANCE) / CHUNK_BYTES + 1;
        try (FileChannel file =
                FileChannel.open(folder.resolve("claim"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long i = 0; i < chunks; i++) {
                chunk.clear();
                while (chunk.hasRemaining()) {
                    file.write(chunk);
                }
            }
        }
        Workspace.delete(folder);
    }
}
