package io.sluice.log;

/**
 * A place between two batches.
 *
 * @param offset offset of the record that follows
 * @param segmentBase base offset of the segment that holds the place
 * @param bytes bytes from the start of that segment
 */
public record LogPosition(long offset, long segmentBase, long bytes) {}
