package io.sluice.engine;

import io.sluice.log.EpochEnd;
import io.sluice.log.LogException;
import io.sluice.log.LogPosition;
import io.sluice.log.LogSlice;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.PartitionLog;
import org.jspecify.annotations.Nullable;

/** Reads a partition for consumers and replicas, over what its home loop has published. Any thread. */
final class PartitionReads {
    /** Marks a high watermark whose place in the log has not been looked up. */
    private static final int NO_PLACE = -1;

    private final Partition partition;
    private final PartitionLog log;

    PartitionReads(Partition partition, PartitionLog log) {
        this.partition = partition;
        this.log = log;
    }

    /** An offset that is looked up when somebody reads up to it. */
    static LogPosition unlocated(long offset) {
        return new LogPosition(offset, NO_PLACE, NO_PLACE);
    }

    /** See {@link Partition#read}. */
    ReadOutcome read(long offset, int maxBytes, boolean wholeFirstBatch, int knownEpoch) {
        ReadOutcome fenced = fence(knownEpoch);
        return fenced != null ? fenced : readCommitted(offset, maxBytes, wholeFirstBatch);
    }

    /** See {@link Partition#readAnywhere}. */
    ReadOutcome readAnywhere(long offset, int maxBytes, boolean wholeFirstBatch, int knownEpoch) {
        Leadership now = partition.leadership();
        ReadOutcome fenced = fenceEpoch(now, knownEpoch);
        if (fenced != null) {
            return fenced;
        }
        if (!now.isServed()) {
            return refused(ReadError.NOT_LEADER, "nobody leads " + partition.id());
        }
        if (!now.leading() && offset > log.endOffset()) {
            // The leader may well have it, and this replica soon.
            return refused(
                    ReadError.OFFSET_NOT_AVAILABLE,
                    "this replica of " + partition.id() + " ends at " + log.endOffset() + ", before " + offset);
        }
        return readCommitted(offset, maxBytes, wholeFirstBatch);
    }

    private ReadOutcome readCommitted(long offset, int maxBytes, boolean wholeFirstBatch) {
        LogPosition limit = partition.highWatermarkPosition();
        long start = log.startOffset();
        // Beyond the high watermark yet within the log is not out of range: a new leader may not know better yet (R5).
        if (offset >= limit.offset() && offset <= log.endOffset() && offset >= start) {
            return new ReadOutcome.Nothing(limit.offset(), start);
        }
        return readUpTo(limit, offset, maxBytes, wholeFirstBatch, limit.offset());
    }

    private ReadOutcome readUpTo(
            LogPosition limit, long offset, int maxBytes, boolean wholeFirstBatch, long highWatermark) {
        long start = log.startOffset();
        try {
            LogPosition bound = limit.segmentBase() == NO_PLACE ? locate(limit.offset()) : limit;
            LogSlice slice = log.read(offset, maxBytes, bound, wholeFirstBatch);
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

    /** Where the batch with this offset lies. */
    private LogPosition locate(long offset) throws LogException, OffsetOutOfRangeException {
        LogPosition end = log.endPosition();
        if (offset >= end.offset()) {
            return end;
        }
        try (LogSlice slice = log.read(offset, 1, end, true)) {
            return slice.bytes() == 0 ? end : slice.start();
        }
    }

    /** See {@link Partition#readForReplica}. */
    ReadOutcome readForReplica(
            int brokerId, long brokerEpoch, ReplicaFetch.Position position, boolean wholeFirstBatch) {
        LeaderRole term = partition.leaderRole();
        long highWatermark = partition.highWatermark();
        long start = log.startOffset();
        ReadOutcome refused = fence(position.leaderEpoch());
        if (refused != null) {
            return refused;
        }
        if (term == null || position.leaderEpoch() != term.epoch() || !term.isReplica(brokerId)) {
            String why = "broker " + brokerId + " has no replica of " + partition.id() + " in leader epoch "
                    + position.leaderEpoch();
            return new ReadOutcome.Refused(ReadError.NOT_LEADER, why, highWatermark, start);
        }
        LogPosition end = log.endPosition();
        if (position.offset() >= start && position.lastEpoch() >= 0) {
            EpochEnd here = log.endOfEpoch(position.lastEpoch());
            if (here.epoch() < position.lastEpoch() || here.endOffset() < position.offset()) {
                EpochEndOffset diverging = new EpochEndOffset(here.epoch(), here.endOffset());
                return new ReadOutcome.Diverged(diverging, highWatermark, start);
            }
        }
        if (position.offset() == end.offset()) {
            term.count(brokerId, brokerEpoch, end, position.logStartOffset(), end.offset());
            return new ReadOutcome.Nothing(highWatermark, start);
        }
        ReadOutcome read = readUpTo(end, position.offset(), position.maxBytes(), wholeFirstBatch, highWatermark);
        if (read instanceof ReadOutcome.Data data) {
            term.count(brokerId, brokerEpoch, data.slice().start(), position.logStartOffset(), end.offset());
        } else if (read instanceof ReadOutcome.Nothing) { // there is no room for what comes next
            LogPosition has = unlocated(position.offset());
            term.count(brokerId, brokerEpoch, has, position.logStartOffset(), end.offset());
        }
        return read;
    }

    /** See {@link Partition#fence}. */
    ReadOutcome.@Nullable Refused fence(int knownEpoch) {
        Leadership now = partition.leadership();
        ReadOutcome.Refused fenced = fenceEpoch(now, knownEpoch);
        if (fenced != null) {
            return fenced;
        }
        return now.leading() ? null : refused(ReadError.NOT_LEADER, "this broker does not lead " + partition.id());
    }

    private ReadOutcome.@Nullable Refused fenceEpoch(Leadership now, int knownEpoch) {
        if (knownEpoch >= 0 && knownEpoch < now.epoch()) {
            return refused(ReadError.FENCED_LEADER_EPOCH, atAnotherEpoch(now, knownEpoch));
        }
        if (knownEpoch > now.epoch()) {
            return refused(ReadError.UNKNOWN_LEADER_EPOCH, atAnotherEpoch(now, knownEpoch));
        }
        return null;
    }

    private String atAnotherEpoch(Leadership now, int knownEpoch) {
        return partition.id() + " is at leader epoch " + now.epoch() + ", the request at " + knownEpoch;
    }

    private ReadOutcome.Refused refused(ReadError error, String message) {
        return new ReadOutcome.Refused(error, message, partition.highWatermark(), log.startOffset());
    }
}
