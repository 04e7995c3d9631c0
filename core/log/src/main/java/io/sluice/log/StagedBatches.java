package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Batches that wait for the next write, as columns: nothing is allocated per batch once they have grown. Owned by the
 * log's home loop. The buffers are the callers'; only their bytes are looked at.
 */
final class StagedBatches {
    private static final int SMALLEST = 4;
    /** Columns larger than this are given up after use, so that one burst does not keep memory. */
    private static final int LARGEST_KEPT = 1024;

    private @Nullable ByteBuffer[] buffers = new @Nullable ByteBuffer[SMALLEST];
    private int[] positions = new int[SMALLEST];
    private int[] sizes = new int[SMALLEST];
    private int count;
    private boolean idempotent;

    int count() {
        return count;
    }

    /** Whether any of them changed the state of a producer. */
    boolean idempotent() {
        return idempotent;
    }

    void add(ByteBuffer buffer, int position, int size, boolean fromProducer) {
        if (count == sizes.length) {
            buffers = Arrays.copyOf(buffers, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
            sizes = Arrays.copyOf(sizes, 2 * count);
        }
        buffers[count] = buffer;
        positions[count] = position;
        sizes[count] = size;
        idempotent |= fromProducer;
        count++;
    }

    ByteBuffer buffer(int i) {
        ByteBuffer buffer = buffers[i];
        if (buffer == null) {
            throw new IndexOutOfBoundsException(i);
        }
        return buffer;
    }

    int position(int i) {
        return positions[i];
    }

    int size(int i) {
        return sizes[i];
    }

    void clear() {
        if (count > LARGEST_KEPT) {
            buffers = new @Nullable ByteBuffer[SMALLEST];
            positions = new int[SMALLEST];
            sizes = new int[SMALLEST];
        } else {
            Arrays.fill(buffers, 0, count, null);
        }
        count = 0;
        idempotent = false;
    }
}
