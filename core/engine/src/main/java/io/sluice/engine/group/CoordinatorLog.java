package io.sluice.engine.group;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Port: the log in which a coordinator keeps its state, one partition of the offsets topic that this broker leads. All
 * calls come from the partition's home loop.
 */
public interface CoordinatorLog {
    /**
     * Appends {@code records} as one batch: after a crash all of them are there or none. The outcome comes on the home
     * loop, after this call has returned, in the order of the appends; success means that the high watermark has passed
     * the last record. After a failure nobody knows which of the later appends will be there: read the log again.
     *
     * @param timestampMs of every record
     */
    void append(List<CoordinatorRecord> records, long timestampMs, Outcome outcome);

    /** Whether an append would be begun now, as far as can be known beforehand. */
    boolean takesAppends();

    /**
     * Reads the whole log up to its end as of this call. The stage completes once everything has been delivered and the
     * high watermark has passed it, so that what was loaded cannot be taken back; exceptionally when the log cannot be
     * read or this broker no longer leads.
     *
     * @param sink called by one thread at a time, in log order, on any thread, not after the stage has completed
     */
    CompletionStage<Void> load(Sink sink);

    /** How an append ended. */
    @FunctionalInterface
    interface Outcome {
        /** {@code failure} is null when the records are durable as the topic's settings ask. */
        void appended(@Nullable Throwable failure);
    }

    /** Takes what was read. The buffers belong to the caller and are valid during the call. */
    @FunctionalInterface
    interface Sink {
        /** {@code value} is null for a tombstone. */
        void record(ByteBuffer key, @Nullable ByteBuffer value, long timestampMs);
    }
}
