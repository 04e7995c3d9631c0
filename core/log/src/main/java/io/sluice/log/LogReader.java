package io.sluice.log;

import java.io.IOException;
import java.util.Optional;

/**
 * Finds things in a log, over what the home loop has published. Safe from any thread, without locks.
 */
final class LogReader {
    private final PartitionLog log;
    private final SegmentList segments;
    private final ReadHints hints = new ReadHints();

    LogReader(PartitionLog log, SegmentList segments) {
        this.log = log;
        this.segments = segments;
    }

    LogSlice read(long offset, int maxBytes, LogPosition limit, boolean wholeFirstBatch)
            throws OffsetOutOfRangeException, IOException {
        for (; ; ) {
            LogPosition end = log.endPosition();
            if (offset < log.startOffset() || offset > end.offset()) {
                throw new OffsetOutOfRangeException(log.id(), offset, log.startOffset(), end.offset());
            }
            LogPosition bound = limit.offset() <= end.offset() ? limit : end;
            if (offset >= bound.offset()) {
                return LogSlice.empty(offset);
            }
            try {
                return readBelow(offset, maxBytes, bound, wholeFirstBatch);
            } catch (SegmentFile.FileGoneException e) {
                throwIfFailed(e);
            }
        }
    }

    /** A way to look for a record by time. */
    @FunctionalInterface
    interface ByTime {
        Optional<TimestampedOffset> ask(LogReader reader) throws IOException;
    }

    /** See {@link PartitionLog#offsetForTimestamp}. */
    Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) throws IOException {
        for (; ; ) {
            try {
                return new TimestampSearch(log, segments.all()).firstAtOrAfter(timestampMs);
            } catch (SegmentFile.FileGoneException e) {
                throwIfFailed(e);
            }
        }
    }

    /** See {@link PartitionLog#maxTimestampOffset}. */
    Optional<TimestampedOffset> latest() throws IOException {
        for (; ; ) {
            try {
                return new TimestampSearch(log, segments.all()).latest();
            } catch (SegmentFile.FileGoneException e) {
                throwIfFailed(e);
            }
        }
    }

    /** Removed while we looked (S13): the start or the end has moved, so look again. Unless the log is gone. */
    private void throwIfFailed(SegmentFile.FileGoneException e) throws IOException {
        if (log.failure().isPresent()) {
            throw e;
        }
    }

    /** Whether finding and reading what follows {@code offset} probably needs no disk. */
    boolean likelyCached(long offset) {
        LogPosition end = log.endPosition();
        if (offset >= end.offset()) {
            return true;
        }
        ReadHints.Hint hint = hints.find(offset);
        if (hint != null) {
            return hint.segment().likelyCached(hint.position(), hint.position());
        }
        Segment[] all = segments.all();
        int i = SegmentList.floor(all, offset);
        Segment segment = all[i];
        if (!segment.index().isLoaded()) {
            return false;
        }
        // Taken as evenly filled: the index would know better, but may itself have to be read.
        long next = i + 1 < all.length ? all[i + 1].base() : end.offset();
        double share = (double) (offset - segment.base()) / Math.max(1, next - segment.base());
        long position = (long) (share * segment.size());
        return segment.likelyCached(position, position);
    }

    private LogSlice readBelow(long offset, int maxBytes, LogPosition bound, boolean wholeFirstBatch)
            throws OffsetOutOfRangeException, IOException {
        Segment segment;
        int from;
        ReadHints.Hint hint = hints.find(offset);
        if (hint != null && !hint.segment().file().isGone() && hint.position() < endOf(hint.segment(), bound)) {
            segment = hint.segment();
            from = hint.position();
        } else {
            Segment[] all = segments.all();
            refuseIfRemoved(offset, all);
            int i = SegmentList.floor(all, offset);
            segment = all[i];
            from = segment.positionOf(offset, endOf(segment, bound));
            while (from >= endOf(segment, bound)) {
                // The offset lies in a gap at the end of a segment: what follows begins the next one.
                if (++i >= all.length || endOf(all[i], bound) == 0) {
                    return LogSlice.empty(offset);
                }
                segment = all[i];
                from = 0;
            }
        }
        return slice(segment, from, offset, maxBytes, bound, wholeFirstBatch);
    }

    /** The segment may have gone since the start was looked at (S13): what comes first now is not what was asked for. */
    private void refuseIfRemoved(long offset, Segment[] all) throws OffsetOutOfRangeException {
        if (offset < all[0].base()) {
            throw new OffsetOutOfRangeException(log.id(), offset, all[0].base(), log.endOffset());
        }
    }

    private LogSlice slice(
            Segment segment, int from, long offset, int maxBytes, LogPosition bound, boolean wholeFirstBatch)
            throws IOException {
        int end = endOf(segment, bound);
        int to;
        if (end - from <= maxBytes) {
            to = end;
            hintAtEnd(segment, end, bound);
        } else {
            long entry = segment.indexedBetween(from, from + Math.max(0, maxBytes));
            if (entry != 0) {
                to = SegmentIndex.positionOf(entry);
                hints.put(segment.base() + SegmentIndex.offsetOf(entry), segment, to);
            } else {
                to = segment.batchesWithin(from, maxBytes, end);
                if (to - from > maxBytes && !wholeFirstBatch) {
                    return LogSlice.empty(offset);
                }
            }
        }
        if (to <= from) {
            return LogSlice.empty(offset);
        }
        return LogSlice.of(segment, segment.file().acquire(), from, to - from, offset);
    }

    /** Where reading goes on after the readable end of a segment. */
    private void hintAtEnd(Segment segment, int end, LogPosition bound) {
        if (segment.base() == bound.segmentBase()) {
            hints.put(bound.offset(), segment, end);
        }
    }

    /** How much of a segment may be read. */
    private static int endOf(Segment segment, LogPosition bound) {
        if (segment.base() == bound.segmentBase()) {
            // A bound from before a cut may lie beyond what there is now.
            return (int) Math.min(bound.bytes(), segment.size());
        }
        return segment.base() < bound.segmentBase() ? segment.size() : 0;
    }
}
