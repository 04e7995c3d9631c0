package io.sluice.system.history;

/** What a history must not show; the numbers are those of the points in docs/correctness.md. */
public enum Anomaly {
    /** 1: acked, and not there. */
    LOST,
    /** 2: there, and never sent. */
    NEVER_SENT,
    /** 2: not a value that anybody could have sent. */
    TORN,
    /** 3: refused, and there. */
    REFUSED_BUT_READ,
    /** 4: two readers found two values at one offset. */
    TWO_VALUES,
    /** 5: acked at one offset, there at another. */
    MISPLACED,
    /** 6: twice there, although its writer is idempotent. */
    REPEATED,
    /** 6: a record of an idempotent writer before one that it sent earlier. */
    OUT_OF_ORDER,
    /** 7: a reader was not given the offset that comes next. */
    SKIPPED,
    /** 8: before a record that was acked before this one was sent. */
    BEFORE_ITS_TIME
}
