package io.sluice.log;

/**
 * How far a log is on disk, with what recovery needs to go on from there without reading what lies before.
 *
 * @param position everything before it is on disk
 * @param maxTimestamp largest timestamp of its segment up to there, -1 without
 * @param startedMs when its segment was begun, in wall-clock ms
 * @param noProducers whether no idempotent producer was known at that point
 */
record FlushPoint(LogPosition position, long maxTimestamp, long startedMs, boolean noProducers) {
    /** Nothing is known to be on disk: recovery begins at the segment's start. */
    static FlushPoint none(long base) {
        return new FlushPoint(new LogPosition(base, base, 0), -1, 0, base == 0);
    }
}
