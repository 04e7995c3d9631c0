package io.sluice.engine;

import io.sluice.engine.PartitionQueries.Found;
import io.sluice.log.LogException;
import io.sluice.log.LogFailure;
import io.sluice.log.LogPosition;
import io.sluice.log.LogSlice;
import io.sluice.log.OffsetOutOfRangeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what this broker has of a partition, whether it leads or follows and whether it is committed or not: for those who
 * compare replicas. It tells the leader nothing, and nobody is acknowledged because of it. Any thread.
 */
public final class StoredReads {
    private StoredReads() {}

    /** As {@link Partition#read}, but up to the end of this broker's log. */
    public static ReadOutcome read(
            Partition partition, long offset, int maxBytes, boolean wholeFirstBatch, int knownEpoch) {
        long highWatermark = partition.highWatermark();
        long start = partition.startOffset();
        ReadOutcome.Refused fenced = fence(partition, knownEpoch);
        if (fenced != null) {
            return fenced;
        }
        LogPosition end = partition.log().endPosition();
        if (offset == end.offset()) {
            return new ReadOutcome.Nothing(highWatermark, start);
        }
        try {
            LogSlice slice = partition.log().read(offset, maxBytes, end, wholeFirstBatch);
            if (slice.bytes() == 0) {
                slice.close();
                return new ReadOutcome.Nothing(highWatermark, start);
            }
            return new ReadOutcome.Data(slice, highWatermark, start);
        } catch (OffsetOutOfRangeException e) {
            return new ReadOutcome.Refused(
                    ReadError.OFFSET_OUT_OF_RANGE, String.valueOf(e.getMessage()), highWatermark, e.startOffset());
        } catch (LogException e) {
            return new ReadOutcome.Refused(ReadError.STORAGE_FAILED, e.failure().message(), highWatermark, start);
        }
    }

    /** The end of this broker's log, unless it is lost: its end says nothing of what lies before (R15). */
    public static Found<Optional<FoundOffset>> end(Partition partition) {
        Optional<LogFailure> failure = partition.log().failure();
        if (failure.isPresent()) {
            return new Found.Failed<>(ReadError.STORAGE_FAILED, failure.get().message());
        }
        long end = partition.endOffset();
        return new Found.Value<>(
                Optional.of(new FoundOffset(end, -1, partition.log().latestEpoch())));
    }

    /** Whether a request that knows another leader epoch must be refused (R8); null when it may go on. */
    public static ReadOutcome.@Nullable Refused fence(Partition partition, int knownEpoch) {
        int epoch = partition.leadership().epoch();
        if (knownEpoch < 0 || knownEpoch == epoch) {
            return null;
        }
        return new ReadOutcome.Refused(
                knownEpoch < epoch ? ReadError.FENCED_LEADER_EPOCH : ReadError.UNKNOWN_LEADER_EPOCH,
                partition.id() + " is at leader epoch " + epoch + ", the request at " + knownEpoch,
                partition.highWatermark(),
                partition.startOffset());
    }
}
