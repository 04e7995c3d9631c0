package io.sluice.log;

/** A read below the log's start or beyond its end. */
public final class OffsetOutOfRangeException extends Exception {
    private static final long serialVersionUID = 1;

    private final long startOffset;
    private final long endOffset;

    public OffsetOutOfRangeException(LogId id, long offset, long startOffset, long endOffset) {
        // No stack trace: clients cause it, and often.
        super("offset " + offset + " of " + id + " is outside " + startOffset + " to " + endOffset, null, false, false);
        this.startOffset = startOffset;
        this.endOffset = endOffset;
    }

    public long startOffset() {
        return startOffset;
    }

    public long endOffset() {
        return endOffset;
    }
}
