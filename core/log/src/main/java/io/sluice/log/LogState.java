package io.sluice.log;

/**
 * How far a log is on disk, with the leader epochs up to there and what was cut off: one value, replaced as a whole by
 * the home loop, so that a checkpoint written meanwhile never puts one of before a cut together with one of after it.
 *
 * @param flushed everything before it is on disk
 * @param epochs the leader epochs
 * @param cutTo the lowest offset that the log was cut back to since the last clean shutdown, {@link #NEVER_CUT} when it
 *     was not: what that shutdown's manifest says of producers beyond it is of records that are gone; {@link #NOTHING_LEFT} when all went
 */
record LogState(FlushPoint flushed, LeaderEpochs epochs, long cutTo) {
    static final long NEVER_CUT = Long.MAX_VALUE;
    static final long NOTHING_LEFT = -1;

    LogState withFlushed(FlushPoint changed) {
        return new LogState(changed, epochs, cutTo);
    }

    LogState withEpochs(LeaderEpochs changed) {
        return new LogState(flushed, changed, cutTo);
    }

    /** Of a log that begins anew. */
    static LogState anew(FlushPoint left) {
        return new LogState(left, LeaderEpochs.NONE, NOTHING_LEFT);
    }

    /** After a cut: nothing at or beyond {@code offset} is left, and so much is on disk. */
    LogState cut(long offset, FlushPoint left) {
        return new LogState(left, epochs.before(offset), Math.min(cutTo, offset));
    }
}
