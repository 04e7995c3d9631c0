package io.sluice.log;

import java.util.Arrays;

/**
 * What a partition remembers of one idempotent producer: its epoch and its last five batches (T1). Batches are kept in a
 * ring of primitive columns; most producers never need more than the first slots. Owned by the log's home loop.
 */
final class ProducerState {
    /** Batches remembered: as many as a Kafka producer may have in flight. */
    static final int BATCHES = 5;

    static final int NO_SEQUENCE = -1;

    private static final int FIRST_SEQUENCE = 0;
    private static final int BASE_OFFSET = 1;
    private static final int LAST_OFFSET = 2;
    private static final int TIMESTAMP = 3;
    private static final int COLUMNS = 4;

    final long producerId;
    short epoch;
    int coordinatorEpoch = -1;
    long lastTimestampMs = -1;
    long transactionStart = -1;
    /** {@link #BATCHES} rows of {@link #COLUMNS}, fewer at first. */
    private long[] ring = new long[COLUMNS];

    private int count;
    /** Row of the newest batch. */
    private int newest = -1;

    ProducerState(long producerId, short epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    /** Sequence number of the last record, {@link #NO_SEQUENCE} when this epoch has no batch. */
    int lastSequence() {
        return count == 0 ? NO_SEQUENCE : lastSequenceOf(newest);
    }

    /** Batches remembered, oldest first: see {@link #row}. */
    int count() {
        return count;
    }

    /** Row of the {@code i}-th oldest batch. */
    int row(int i) {
        return Math.floorMod(newest - (count - 1) + i, BATCHES);
    }

    /** Row of a batch of the current epoch with exactly these sequence numbers, -1 when there is none. */
    int find(int firstSequence, int lastSequence) {
        for (int i = count - 1; i >= 0; i--) {
            int row = row(i);
            if (firstSequenceOf(row) == firstSequence && lastSequenceOf(row) == lastSequence) {
                return row;
            }
        }
        return -1;
    }

    /** Takes a batch as the newest; one of a newer epoch makes the older ones forgotten. */
    void add(short batchEpoch, int firstSequence, long baseOffset, long lastOffset, long timestamp) {
        if (batchEpoch != epoch) {
            newEpoch(batchEpoch);
        }
        newest = (newest + 1) % BATCHES;
        count = Math.min(count + 1, BATCHES);
        int at = newest * COLUMNS;
        if (at >= ring.length) {
            ring = Arrays.copyOf(ring, newest == 1 ? 2 * COLUMNS : BATCHES * COLUMNS);
        }
        ring[at + FIRST_SEQUENCE] = firstSequence;
        ring[at + BASE_OFFSET] = baseOffset;
        ring[at + LAST_OFFSET] = lastOffset;
        ring[at + TIMESTAMP] = timestamp;
    }

    /** Starts an epoch without batches. */
    void newEpoch(short newEpoch) {
        epoch = newEpoch;
        count = 0;
        newest = -1;
    }

    int firstSequenceOf(int row) {
        return (int) ring[row * COLUMNS + FIRST_SEQUENCE];
    }

    int lastSequenceOf(int row) {
        return sequenceAfter(firstSequenceOf(row), (int) (lastOffsetOf(row) - baseOffsetOf(row)));
    }

    long baseOffsetOf(int row) {
        return ring[row * COLUMNS + BASE_OFFSET];
    }

    long lastOffsetOf(int row) {
        return ring[row * COLUMNS + LAST_OFFSET];
    }

    long timestampOf(int row) {
        return ring[row * COLUMNS + TIMESTAMP];
    }

    /** The sequence number {@code steps} after {@code sequence}; after the largest int comes 0 (T2). */
    static int sequenceAfter(int sequence, int steps) {
        return (int) (((long) sequence + steps) & Integer.MAX_VALUE);
    }
}
