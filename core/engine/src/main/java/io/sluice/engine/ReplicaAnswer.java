package io.sluice.engine;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** What a leader answers to a {@link ReplicaFetch}. */
public sealed interface ReplicaAnswer {
    /** @param parts the partitions that there is something to say of */
    record Fetched(List<Part> parts) implements ReplicaAnswer {}

    /** @param why for the log: no connection, a time-out, a session that the leader does not know */
    record Failed(String why) implements ReplicaAnswer {}

    /**
     * One partition.
     *
     * @param error why there are no records
     * @param highWatermark of the leader, -1 when unknown
     * @param logStartOffset of the leader, -1 when unknown
     * @param diverging set when the follower's log has another history: the largest epoch of the leader's log that is not
     *     above the follower's, and where it ends there (R7)
     * @param records whole batches, or none; the last may be cut
     */
    record Part(
            ReplicaFetch.Ref partition,
            Optional<ReadError> error,
            long highWatermark,
            long logStartOffset,
            Optional<EpochEndOffset> diverging,
            ByteBuffer records) {}
}
