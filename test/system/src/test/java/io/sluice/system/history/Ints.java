package io.sluice.system.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A list of ints without boxes that grows by pieces, as {@link Longs} does. Not thread-safe. */
final class Ints {
    private static final int PIECE_BITS = 14;
    private static final int PIECE = 1 << PIECE_BITS;

    private final int absent;
    private final List<int[]> pieces = new ArrayList<>();
    private long size;

    /**
     * @param absent what lies where nothing was set
     */
    Ints(int absent) {
        this.absent = absent;
    }

    long size() {
        return size;
    }

    int get(long index) {
        return index < size ? pieces.get((int) (index >>> PIECE_BITS))[(int) index & PIECE - 1] : absent;
    }

    void set(long index, int value) {
        while (index >>> PIECE_BITS >= pieces.size()) {
            int[] piece = new int[PIECE];
            Arrays.fill(piece, absent);
            pieces.add(piece);
        }
        pieces.get((int) (index >>> PIECE_BITS))[(int) index & PIECE - 1] = value;
        size = Math.max(size, index + 1);
    }
}
