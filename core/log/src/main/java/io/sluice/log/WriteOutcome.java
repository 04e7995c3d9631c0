package io.sluice.log;

/** What became of everything that was staged. */
public sealed interface WriteOutcome {
    WriteOutcome WRITTEN = new Written();

    /** All of it is in the file (the page cache), and readable. */
    record Written() implements WriteOutcome {}

    /**
     * Some of it is not. The log was cut back to its last whole batch: read {@link PartitionLog#endOffset}; batches
     * below it are written, the others are gone and their producers must be told.
     */
    record Failed(LogFailure failure) implements WriteOutcome {}
}
