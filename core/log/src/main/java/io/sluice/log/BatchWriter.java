package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Writes staged batches to a file with as few system calls as sensible: neighbouring small ones are copied together, a
 * large one is written from where it lies, and all of them go out in one gathering write. One per loop, owned by it.
 */
final class BatchWriter {
    /** Up to this size copying a batch is cheaper than one more element of a gathering write. */
    private static final int COPIED_BYTES = 8 * 1024;

    private static final int SCRATCH_BYTES = 256 * 1024;
    private static final int ELEMENTS = 64;

    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    private final ByteBuffer[] elements = new ByteBuffer[ELEMENTS];
    private int elementCount;
    private int scratchUsed;
    /** Where the copied batches begin that are not an element yet. */
    private int runStart;

    BatchWriter() {
        clear();
    }

    /** Writes batches {@code from} to {@code to} (exclusive), the first at {@code position}. */
    void write(DiskFile file, StagedBatches staged, int from, int to, long position) throws IOException {
        long at = position;
        try {
            for (int i = from; i < to; i++) {
                int size = staged.size(i);
                boolean copied = size <= COPIED_BYTES;
                if (elementCount >= ELEMENTS - 2 || (copied && scratchUsed + size > SCRATCH_BYTES)) {
                    at += writeOut(file, at);
                }
                if (copied) {
                    scratch.put(scratchUsed, staged.buffer(i), staged.position(i), size);
                    scratchUsed += size;
                } else {
                    endRun();
                    ByteBuffer view = staged.buffer(i).duplicate();
                    view.limit(staged.position(i) + size).position(staged.position(i));
                    elements[elementCount++] = view;
                }
            }
            writeOut(file, at);
        } finally {
            clear();
        }
    }

    private void endRun() {
        if (scratchUsed > runStart) {
            elements[elementCount++] = scratch.slice(runStart, scratchUsed - runStart);
            runStart = scratchUsed;
        }
    }

    private long writeOut(DiskFile file, long position) throws IOException {
        long bytes = 0;
        if (elementCount == 0) {
            bytes = scratchUsed;
            scratch.limit(scratchUsed).position(0);
            FileBytes.writeFully(file, scratch, position);
        } else {
            endRun();
            for (int i = 0; i < elementCount; i++) {
                bytes += elements[i].remaining();
            }
            FileBytes.writeFully(file, elements, elementCount, position);
        }
        clear();
        return bytes;
    }

    private void clear() {
        Arrays.fill(elements, 0, elementCount, scratch);
        elementCount = 0;
        scratchUsed = 0;
        runStart = 0;
        scratch.clear();
    }
}
