package io.sluice.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One segment: a file of batches from a base offset on, and its index. Written by the log's home loop, read from any
 * thread up to positions that the log has published. The file is made by the first write.
 */
final class Segment {
    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);

    /** As much as a lookup reads of the log at a time. */
    private static final int LOOKUP_BYTES = 4096;

    private final long base;
    private final SegmentFile file;
    private final SegmentIndex index;
    private final AppendedBytes appended;
    private volatile int size;
    private volatile long maxTimestamp;
    private volatile boolean nameSynced;
    /** Shortened, and the index in memory still tells of what lay beyond. */
    private volatile boolean indexTooLong;

    private volatile @Nullable Warm warm;
    /** Bytes that the store had appended when this process began, and last continued, to write here. */
    private volatile long firstAppend = -1;

    private volatile int firstAppendPosition;
    private volatile long lastAppend;
    /** Home loop: when its first batch came, in wall-clock ms; 0 for unknown. */
    private long startedMs;

    /** A region that was read a moment ago. */
    private record Warm(long from, long to, long appended) {}

    private Segment(SegmentPlace place, long base, int size, long maxTimestamp, boolean fresh) {
        this.base = base;
        this.appended = place.appended();
        this.file = new SegmentFile(place.openFiles(), place.folder().resolve(LogFiles.segment(base)), !fresh);
        this.index = new SegmentIndex(place.openFiles(), place.folder().resolve(LogFiles.index(base)), base, fresh);
        this.size = size;
        this.maxTimestamp = maxTimestamp;
        this.nameSynced = !fresh;
    }

    /** A segment without a file. */
    static Segment fresh(SegmentPlace place, long base) {
        return new Segment(place, base, 0, -1, true);
    }

    /**
     * A segment whose file exists.
     *
     * @param maxTimestamp its largest timestamp, or anything when {@link #loadIndex} follows
     */
    static Segment existing(SegmentPlace place, long base, int size, long maxTimestamp) {
        return new Segment(place, base, size, maxTimestamp, false);
    }

    long base() {
        return base;
    }

    SegmentFile file() {
        return file;
    }

    SegmentIndex index() {
        return index;
    }

    /** Bytes that are written and whole. */
    int size() {
        return size;
    }

    /** The largest timestamp, -1 while there is none. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    long startedMs() {
        return startedMs;
    }

    void startedMs(long wallMs) {
        startedMs = wallMs;
    }

    boolean nameSynced() {
        return nameSynced;
    }

    /** Whether the manifest must not name it yet. True of an empty one, too: its first write failed, but it is named (S6). */
    boolean mayVanish() {
        return !nameSynced();
    }

    /** The file was found, but nobody knows whether its name would survive. */
    void markNameUnsafe() {
        nameSynced = false;
    }

    /** The folder was synced after the file was made. */
    void markNameSynced() {
        nameSynced = true;
    }

    /** Makes the file, so that the segment's base survives. Blocks. */
    void createFile() throws IOException {
        file.acquireOrCreate();
        file.release();
    }

    /** Notes a batch that was just written at {@code position}; {@link #grow} publishes it. Home loop. */
    void note(long batchBase, int position, long batchMaxTimestamp, int indexIntervalBytes) throws IOException {
        if (wantsEntry(position, indexIntervalBytes)) {
            index.add((int) (batchBase - base), position, maxTimestamp);
        }
        if (batchMaxTimestamp > maxTimestamp) {
            maxTimestamp = batchMaxTimestamp;
        }
    }

    private boolean wantsEntry(int position, int indexIntervalBytes) {
        return position > 0 && position - index.lastPosition() >= Math.max(1, indexIntervalBytes);
    }

    /** Publishes what was written. Home loop. */
    void grow(int newSize) {
        if (firstAppend < 0) {
            firstAppendPosition = size;
            firstAppend = appended.total();
        }
        lastAppend = appended.add(newSize - size);
        size = newSize;
    }

    /**
     * Publishes that the segment ends at {@code newSize}; the file and the index follow by {@link #dropBeyondSize}. Nothing
     * is written here afterwards: readers may hold what lies beyond. Home loop.
     */
    void shorten(int newSize) {
        indexTooLong = true;
        size = newSize;
    }

    /**
     * Makes file and index as short as {@link #shorten} said, on disk too. Blocks: for the one worker that cuts the log.
     * Who reads meanwhile waits for the index to be loaded again, as for any first touch, but not for the disk before.
     */
    void dropBeyondSize(int indexIntervalBytes) throws IOException {
        DiskFile open = file.acquire();
        try {
            open.truncate(size);
            open.sync();
        } finally {
            file.release();
        }
        index.reset();
        indexTooLong = false;
        String problem = loadIndex(indexIntervalBytes);
        if (!problem.isEmpty()) {
            throw new DamagedSegmentException(file.path(), size, problem);
        }
    }

    /** Cuts off what lies beyond {@code newSize}; only before anything is published. */
    void cut(int newSize, long newMaxTimestamp) {
        size = newSize;
        maxTimestamp = newMaxTimestamp;
    }

    /**
     * Writes what the index holds in memory only. Of a segment whose cut a shutdown overtook nothing is written: its
     * entries and its largest timestamp would be taken for those of the shorter segment.
     */
    void writeIndexTail() throws IOException {
        if (index.isLoaded() && !indexTooLong && index.lastPosition() > 0) {
            index.writeTail(size, maxTimestamp);
        }
    }

    /**
     * Loads the index, and completes it from the log. Blocks.
     *
     * @return what is wrong with the log, empty when nothing is
     */
    synchronized String loadIndex(int indexIntervalBytes) throws IOException {
        if (index.isLoaded()) {
            return "";
        }
        int end = size;
        SegmentIndex.Loaded covered = index.load(end);
        Completed completed = complete(covered, end, indexIntervalBytes);
        if (!completed.problem.isEmpty() && covered.coveredTo() > 0) {
            // The index may be what is wrong (S7): the log itself decides, from its beginning.
            LOG.warn("index does not fit its log, reading the whole segment: file={}", file.path());
            completed = complete(index.load(0), end, indexIntervalBytes);
        }
        if (size < end) {
            throw new SegmentFile.FileGoneException(file.path()); // shortened meanwhile
        }
        maxTimestamp = completed.maxTimestamp;
        index.loadingDone();
        return completed.problem;
    }

    /** How an index was completed: the largest timestamp, and what is wrong with the log, empty when nothing is. */
    private record Completed(long maxTimestamp, String problem) {}

    /** Adds what the log has beyond where the index ends. */
    private Completed complete(SegmentIndex.Loaded covered, int end, int indexIntervalBytes) throws IOException {
        long max = covered.maxTimestamp();
        if (covered.coveredTo() >= end) {
            return new Completed(max, "");
        }
        DiskFile open = file.acquire();
        try {
            HeaderWalk walk = new HeaderWalk(open, covered.coveredTo(), end, 64 * 1024);
            while (walk.next()) {
                int position = (int) walk.position();
                if (wantsEntry(position, indexIntervalBytes)) {
                    long batchBase = BatchHeader.baseOffset(walk.buffer(), walk.at());
                    index.add((int) (batchBase - base), position, max);
                }
                max = Math.max(max, BatchHeader.maxTimestamp(walk.buffer(), walk.at()));
            }
            return new Completed(max, walk.problem().isEmpty() ? "" : walk.problem() + " at byte " + walk.position());
        } finally {
            file.release();
        }
    }

    /**
     * Position of the batch that holds {@code offset}, or of the first one after it; {@code end} when there is none
     * below it.
     */
    int positionOf(long offset, int end) throws IOException {
        if (end == 0) {
            return 0; // there may be no file yet
        }
        ensureIndex();
        long entry = index.floorByOffset((int) (offset - base));
        DiskFile open = file.acquire();
        try {
            HeaderWalk walk = startAt(entry, open, end);
            while (walk.next()) {
                if (BatchHeader.lastOffset(walk.buffer(), walk.at()) >= offset) {
                    return (int) walk.position();
                }
            }
            throwIfDamaged(walk);
            return end;
        } finally {
            file.release();
        }
    }

    /** A walk from an index entry on; from the beginning if there is no such batch, for the index is only a cache. */
    private HeaderWalk startAt(long entry, DiskFile open, int end) throws IOException {
        int from = SegmentIndex.positionOf(entry);
        if (from == 0 || from >= end) {
            return new HeaderWalk(open, 0, end, LOOKUP_BYTES);
        }
        ByteBuffer first = ByteBuffer.allocate(Long.BYTES);
        FileBytes.readAvailable(open, first, from);
        if (first.hasRemaining() || first.getLong(0) != base + SegmentIndex.offsetOf(entry)) {
            LOG.warn("index entry points at no batch, reading the whole segment: file={} at={}", file.path(), from);
            return new HeaderWalk(open, 0, end, 64 * 1024);
        }
        return new HeaderWalk(open, from, end, LOOKUP_BYTES);
    }

    /**
     * The last indexed batch that begins in ({@code from}, {@code to}], packed like an index entry; 0 when there is
     * none.
     */
    long indexedBetween(int from, int to) throws IOException {
        ensureIndex();
        long entry = index.floorByPosition(to);
        return SegmentIndex.positionOf(entry) > from ? entry : 0;
    }

    /**
     * Steps over whole batches from {@code from} on while they fit into {@code maxBytes}; the first one counts even if it
     * does not fit. Returns where they end, at most {@code end}.
     */
    int batchesWithin(int from, int maxBytes, int end) throws IOException {
        DiskFile open = file.acquire();
        try {
            HeaderWalk walk = new HeaderWalk(open, from, end, LOOKUP_BYTES);
            int reached = from;
            while (walk.next()) {
                int after = (int) walk.position() + walk.size();
                if (reached > from && after - from > maxBytes) {
                    break;
                }
                reached = after;
            }
            if (reached == from) {
                throwIfDamaged(walk);
            }
            return reached;
        } finally {
            file.release();
        }
    }

    /** Offset after the last record, of a segment whose index is loaded. Blocks. */
    long endOffset() throws IOException {
        DiskFile open = file.acquire();
        try {
            HeaderWalk walk = startAt(index.floorByPosition(size), open, size);
            long end = base;
            while (walk.next()) {
                end = BatchHeader.lastOffset(walk.buffer(), walk.at()) + 1;
            }
            throwIfDamaged(walk);
            return end;
        } finally {
            file.release();
        }
    }

    /** Reads the batches in a region. Blocks; for small regions. */
    ByteBuffer read(int from, int bytes) throws IOException {
        DiskFile open = file.acquire();
        try {
            ByteBuffer target = ByteBuffer.allocate(bytes);
            FileBytes.readAvailable(open, target, from);
            if (target.hasRemaining()) {
                throw size < from + bytes
                        ? new SegmentFile.FileGoneException(file.path())
                        : new EOFException(file.path() + " ends " + target.remaining() + " bytes before it should");
            }
            return target.flip();
        } finally {
            file.release();
        }
    }

    void ensureIndex() throws IOException {
        if (!index.isLoaded()) {
            String problem = loadIndex(LOOKUP_BYTES);
            if (!problem.isEmpty()) {
                throw new DamagedSegmentException(file.path(), size, problem);
            }
        }
    }

    /**
     * After a walk over published bytes: whether something else than their end ended it.
     *
     * @throws SegmentFile.FileGoneException when what was walked over has been cut off meanwhile
     */
    void throwIfDamaged(HeaderWalk walk) throws IOException {
        if (!walk.problem().isEmpty()) {
            if (wasShortened(walk)) {
                throw new SegmentFile.FileGoneException(file.path());
            }
            throw new DamagedSegmentException(file.path(), walk.position(), walk.problem());
        }
    }

    /** Whether a walk began when the segment was longer: then it tells nothing of damage. */
    boolean wasShortened(HeaderWalk walk) {
        return walk.end() > size;
    }

    /** Whether a region is probably in the page cache: written or read by this process not many bytes ago. */
    boolean likelyCached(long from, long to) {
        long horizon = appended.total() - appended.cachedBytes();
        Warm lately = warm;
        if (lately != null && lately.from <= from && to <= lately.to && lately.appended >= horizon) {
            return true;
        }
        long first = firstAppend;
        if (first < 0 || from < firstAppendPosition) {
            return false;
        }
        // Taken as written evenly between the first and the last append.
        double share = (double) (from - firstAppendPosition) / Math.max(1, size - firstAppendPosition);
        return first + (long) (share * (lastAppend - first)) >= horizon;
    }

    void markWarm(long from, long to) {
        warm = new Warm(from, to, appended.total());
    }

    /** The log's bytes are not what was written. */
    static final class DamagedSegmentException extends IOException {
        private static final long serialVersionUID = 1;

        private final transient Path path;
        private final long position;

        DamagedSegmentException(Path path, long position, String detail) {
            super(detail);
            this.path = path;
            this.position = position;
        }

        LogFailure.Corrupt failure() {
            return new LogFailure.Corrupt(path, position, String.valueOf(getMessage()));
        }
    }
}
