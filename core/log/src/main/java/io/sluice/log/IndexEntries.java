package io.sluice.log;

import java.util.Arrays;

/**
 * Index entries as three columns that only grow at the end. Their writer may fill slots beyond those that it has
 * published; readers look at published slots only.
 */
final class IndexEntries {
    final int[] offsets;
    final int[] positions;
    final long[] timestamps;

    IndexEntries(int capacity) {
        this(new int[capacity], new int[capacity], new long[capacity]);
    }

    private IndexEntries(int[] offsets, int[] positions, long[] timestamps) {
        this.offsets = offsets;
        this.positions = positions;
        this.timestamps = timestamps;
    }

    void set(int slot, int offset, int position, long timestamp) {
        offsets[slot] = offset;
        positions[slot] = position;
        timestamps[slot] = timestamp;
    }

    /** This one if it has the slot, else a larger copy. */
    IndexEntries withRoomFor(int slot, int most) {
        if (slot < offsets.length) {
            return this;
        }
        int capacity = Math.max(slot + 1, Math.min(most, offsets.length * 2));
        return new IndexEntries(
                Arrays.copyOf(offsets, capacity),
                Arrays.copyOf(positions, capacity),
                Arrays.copyOf(timestamps, capacity));
    }
}
