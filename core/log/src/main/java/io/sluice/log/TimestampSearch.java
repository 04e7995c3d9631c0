package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Finds records by time, over a snapshot of the log's segments. Blocks: for workers.
 *
 * @param log what is searched
 * @param segments as published
 */
record TimestampSearch(PartitionLog log, Segment[] segments) {

    /** The first record at or after {@code timestampMs}. */
    Optional<TimestampedOffset> firstAtOrAfter(long timestampMs) throws IOException {
        LogPosition end = log.endPosition();
        long start = log.startOffset();
        for (Segment segment : segments) {
            if (segment.maxTimestamp() < timestampMs || segment.base() > end.segmentBase() || segment.size() == 0) {
                continue;
            }
            Optional<TimestampedOffset> found = search(segment, timestampMs, start, sizeOf(segment, end));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The first of the records with the largest timestamp. */
    Optional<TimestampedOffset> latest() throws IOException {
        LogPosition end = log.endPosition();
        Optional<TimestampedOffset> best = Optional.empty();
        for (Segment segment : segments) {
            long max = segment.maxTimestamp();
            boolean promising = max >= 0 && (best.isEmpty() || max > best.get().timestampMs());
            if (!promising || segment.base() > end.segmentBase()) {
                continue;
            }
            // The segment's maximum may be that of a record that was deleted, or is being written.
            Optional<TimestampedOffset> found = latestIn(segment, log.startOffset(), sizeOf(segment, end));
            if (found.isPresent()
                    && (best.isEmpty() || found.get().timestampMs() > best.get().timestampMs())) {
                best = found;
            }
        }
        return best;
    }

    private static int sizeOf(Segment segment, LogPosition end) {
        return segment.base() == end.segmentBase() ? (int) Math.min(end.bytes(), segment.size()) : segment.size();
    }

    private static Optional<TimestampedOffset> search(Segment segment, long timestampMs, long start, int end)
            throws IOException {
        segment.ensureIndex();
        int from = SegmentIndex.positionOf(segment.index().floorByTimestamp(timestampMs));
        DiskFile file = segment.file().acquire();
        try {
            HeaderWalk walk = new HeaderWalk(file, Math.min(from, end), end, 4096);
            while (walk.next()) {
                if (BatchHeader.maxTimestamp(walk.buffer(), walk.at()) < timestampMs
                        || BatchHeader.lastOffset(walk.buffer(), walk.at()) < start) {
                    continue;
                }
                ByteBuffer batch = segment.read((int) walk.position(), walk.size());
                Optional<TimestampedOffset> found = Records.firstAtOrAfter(batch, timestampMs, start);
                if (found.isPresent()) {
                    return found;
                }
            }
            segment.throwIfDamaged(walk);
            return Optional.empty();
        } finally {
            segment.file().release();
        }
    }

    private static Optional<TimestampedOffset> latestIn(Segment segment, long start, int end) throws IOException {
        long max = -1;
        DiskFile file = segment.file().acquire();
        try {
            HeaderWalk walk = new HeaderWalk(file, 0, end, 64 * 1024);
            int position = -1;
            int size = 0;
            while (walk.next()) {
                long timestamp = BatchHeader.maxTimestamp(walk.buffer(), walk.at());
                if (timestamp > max && BatchHeader.lastOffset(walk.buffer(), walk.at()) >= start) {
                    max = timestamp;
                    position = (int) walk.position();
                    size = walk.size();
                    if (max == segment.maxTimestamp()) {
                        break;
                    }
                }
            }
            segment.throwIfDamaged(walk);
            return position < 0 ? Optional.empty() : Records.firstAtOrAfter(segment.read(position, size), max, start);
        } finally {
            segment.file().release();
        }
    }
}
