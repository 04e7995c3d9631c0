package io.sluice.system.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A list of longs without boxes: a soak has millions. It grows by pieces, so that no growth copies what is there and at
 * most one piece is empty. Not thread-safe.
 */
final class Longs {
    private static final int PIECE_BITS = 14;
    private static final int PIECE = 1 << PIECE_BITS;

    private final long absent;
    private final List<long[]> pieces = new ArrayList<>();
    private long size;

    /**
     * @param absent what lies where nothing was set
     */
    Longs(long absent) {
        this.absent = absent;
    }

    long size() {
        return size;
    }

    long get(long index) {
        return index < size ? pieces.get((int) (index >>> PIECE_BITS))[(int) index & PIECE - 1] : absent;
    }

    void set(long index, long value) {
        while (index >>> PIECE_BITS >= pieces.size()) {
            long[] piece = new long[PIECE];
            Arrays.fill(piece, absent);
            pieces.add(piece);
        }
        pieces.get((int) (index >>> PIECE_BITS))[(int) index & PIECE - 1] = value;
        size = Math.max(size, index + 1);
    }
}
