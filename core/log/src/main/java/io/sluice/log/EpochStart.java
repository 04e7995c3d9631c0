package io.sluice.log;

/**
 * A leader epoch and where it begins.
 *
 * @param epoch the leader epoch, from 0
 * @param startOffset offset of its first record (or of the next one, when it wrote none)
 */
public record EpochStart(int epoch, long startOffset) {}
