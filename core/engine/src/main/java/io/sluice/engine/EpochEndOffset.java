package io.sluice.engine;

/**
 * Where a leader epoch ends.
 *
 * @param epoch the largest epoch of the log that is not above the one asked for, -1 when there is none
 * @param endOffset the first offset that is not in it, -1 when there is none
 */
public record EpochEndOffset(int epoch, long endOffset) {
    static final EpochEndOffset UNKNOWN = new EpochEndOffset(-1, -1);
}
