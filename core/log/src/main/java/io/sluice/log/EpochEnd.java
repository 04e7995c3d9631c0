package io.sluice.log;

/**
 * Where a leader epoch ends.
 *
 * @param epoch the largest epoch that is not above the one asked for, -1 when there is none
 * @param endOffset offset of the first record that is not in it, -1 when there is none
 */
public record EpochEnd(int epoch, long endOffset) {
    public static final EpochEnd UNKNOWN = new EpochEnd(-1, -1);
}
