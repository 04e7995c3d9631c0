package io.sluice.system.history;

import java.util.Arrays;

/** A list of longs without boxes: a soak has millions. Not thread-safe. */
final class Longs {
    private static final int FIRST_CAPACITY = 1024;

    private final long absent;
    private long[] values = new long[FIRST_CAPACITY];
    private int size;

    /**
     * @param absent what lies where nothing was set
     */
    Longs(long absent) {
        this.absent = absent;
    }

    int size() {
        return size;
    }

    long get(long index) {
        return index < size ? values[(int) index] : absent;
    }

    void set(long index, long value) {
        int at = Math.toIntExact(index);
        if (at >= values.length) {
            values = Arrays.copyOf(values, Math.max(at + 1, values.length * 2));
        }
        while (size <= at) {
            values[size++] = absent;
        }
        values[at] = value;
    }
}
