package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sparse index of one segment: every so many bytes of log, the offset and position of a batch and the largest
 * timestamp before it. The file is a cache of the log, never trusted over it: it has no fsync, and whatever is missing
 * or damaged is read from the log again (S7).
 *
 * <p>In memory is the first entry of each full block, and all of the last block, which is written when it is full or
 * the segment is sealed. A lookup is a binary search there, and for a full block one read of 4 KiB.
 *
 * <p>One writer, the log's home loop; lookups from any thread. {@link #load} before either, if the segment was found on
 * disk.
 */
final class SegmentIndex {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndex.class);

    /** What lookups see. Replaced as a whole; the columns grow beyond the counts. */
    private record View(IndexEntries top, int blocks, IndexEntries tail, int tailCount) {}

    private static final View EMPTY = new View(new IndexEntries(0), 0, new IndexEntries(0), 0);

    private final long base;
    private final SegmentFile file;
    private final Disk disk;
    private volatile View view = EMPTY;
    private volatile boolean loaded;
    /** Writer's: position of the last entry, 0 when there is none. */
    private int lastPosition;

    SegmentIndex(OpenFiles openFiles, Path path, long base, boolean fresh) {
        this.base = base;
        this.file = new SegmentFile(openFiles, path, false);
        this.disk = openFiles.disk();
        this.loaded = fresh;
    }

    boolean isLoaded() {
        return loaded;
    }

    SegmentFile file() {
        return file;
    }

    /** Log position of the last entry, 0 when there is none. */
    int lastPosition() {
        return lastPosition;
    }

    /**
     * Adds an entry; offsets and positions grow, timestamps do not shrink.
     *
     * @param offset relative to the segment's base
     * @param position where the batch begins, above 0
     * @param maxTimestamp the largest of the log before that position
     */
    void add(int offset, int position, long maxTimestamp) throws IOException {
        View now = view;
        if (now.tailCount == IndexBlock.ENTRIES) {
            now = closeBlock(now, position, maxTimestamp);
        }
        IndexEntries tail = now.tailCount == 0 && now.tail.offsets.length == 0 ? new IndexEntries(8) : now.tail;
        tail = tail.withRoomFor(now.tailCount, IndexBlock.ENTRIES);
        tail.set(now.tailCount, offset, position, maxTimestamp);
        lastPosition = position;
        view = new View(now.top, now.blocks, tail, now.tailCount + 1);
    }

    /** Writes the unfinished block, so that loading need not read the log. */
    void writeTail(int coveredTo, long maxTimestamp) throws IOException {
        View now = view;
        writeBlock(now, coveredTo, maxTimestamp);
    }

    private View closeBlock(View now, int coveredTo, long maxTimestamp) throws IOException {
        writeBlock(now, coveredTo, maxTimestamp);
        IndexEntries top = now.top.withRoomFor(now.blocks, Integer.MAX_VALUE);
        top.set(now.blocks, now.tail.offsets[0], now.tail.positions[0], now.tail.timestamps[0]);
        // A new tail: lookups may still read the old one.
        return new View(top, now.blocks + 1, new IndexEntries(IndexBlock.ENTRIES), 0);
    }

    private void writeBlock(View now, int coveredTo, long maxTimestamp) throws IOException {
        try {
            DiskFile open = file.acquireOrCreate();
            try {
                if (now.blocks == 0) {
                    FileBytes.writeFully(open, IndexBlock.fileHeader(base), 0);
                }
                ByteBuffer block = IndexBlock.encode(now.tail, now.tailCount, coveredTo, maxTimestamp);
                FileBytes.writeFully(open, block, IndexBlock.filePosition(now.blocks));
            } finally {
                file.release();
            }
        } catch (IOException e) {
            if (!IoErrors.passing(e)) {
                throw e;
            }
            // Lookups fall back to the log where the file lacks a block.
            LOG.warn(
                    "index block not written, lookups will read more of the log: file={} cause={}",
                    file.path(),
                    e.getMessage());
        }
    }

    /** The last entry at or before a relative offset, packed as {@link #offsetOf} and {@link #positionOf} read it. */
    long floorByOffset(int offset) throws IOException {
        return floor(Key.OFFSET, offset);
    }

    /** The last entry at or before a position. */
    long floorByPosition(int position) throws IOException {
        return floor(Key.POSITION, position);
    }

    /** The last entry before which every timestamp is smaller than {@code timestamp}. */
    long floorByTimestamp(long timestamp) throws IOException {
        return floor(Key.TIMESTAMP, timestamp - 1);
    }

    static int offsetOf(long entry) {
        return (int) (entry >>> 32);
    }

    static int positionOf(long entry) {
        return (int) entry;
    }

    private enum Key {
        OFFSET,
        POSITION,
        TIMESTAMP;

        long in(IndexEntries entries, int slot) {
            return switch (this) {
                case OFFSET -> entries.offsets[slot];
                case POSITION -> entries.positions[slot];
                case TIMESTAMP -> entries.timestamps[slot];
            };
        }

        long in(ByteBuffer block, int entry) {
            return switch (this) {
                case OFFSET -> IndexBlock.offset(block, entry);
                case POSITION -> IndexBlock.position(block, entry);
                case TIMESTAMP -> IndexBlock.timestamp(block, entry);
            };
        }
    }

    private long floor(Key key, long wanted) throws IOException {
        View now = view;
        if (now.tailCount > 0 && key.in(now.tail, 0) <= wanted) {
            int slot = floorSlot(key, now.tail, now.tailCount, wanted);
            return pack(now.tail.offsets[slot], now.tail.positions[slot]);
        }
        int block = floorSlot(key, now.top, now.blocks, wanted);
        if (block < 0) {
            return 0;
        }
        return floorInBlock(key, now, block, wanted);
    }

    private long floorInBlock(Key key, View now, int block, long wanted) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(IndexBlock.BYTES);
        DiskFile open = file.acquireOrCreate();
        try {
            FileBytes.readAvailable(open, bytes, IndexBlock.filePosition(block));
        } finally {
            file.release();
        }
        long first = pack(now.top.offsets[block], now.top.positions[block]);
        if (bytes.hasRemaining() || !IndexBlock.isWhole(bytes)) {
            LOG.warn("index block is damaged, reading the log instead: file={} block={}", file.path(), block);
            return first;
        }
        int low = 0;
        int high = IndexBlock.count(bytes) - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (key.in(bytes, middle) <= wanted) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return pack(IndexBlock.offset(bytes, low), IndexBlock.position(bytes, low));
    }

    private static int floorSlot(Key key, IndexEntries entries, int count, long wanted) {
        int low = -1;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (key.in(entries, middle) <= wanted) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static long pack(int offset, int position) {
        return (long) offset << 32 | position;
    }

    /**
     * Takes over what the file holds, as far as it is whole and grows. Not for two threads at once. What lies beyond
     * {@link Loaded#coveredTo} has to be added from the log.
     *
     * @param logBytes size of the segment: entries beyond it are not believed
     */
    Loaded load(int logBytes) throws IOException {
        Loaded covered = new Loaded(0, -1);
        View found = EMPTY;
        lastPosition = 0;
        if (disk.find(file.path()).isPresent()) {
            DiskFile open = file.acquireOrCreate();
            try {
                int whole = 0;
                if (hasHeader(open)) {
                    ByteBuffer block = ByteBuffer.allocate(IndexBlock.BYTES);
                    while (found.tailCount == 0
                            && readBlock(open, whole, block)
                            && continues(block, covered, logBytes)) {
                        covered = new Loaded(IndexBlock.coveredTo(block), IndexBlock.maxTimestamp(block));
                        found = with(found, block);
                        whole++;
                    }
                }
                dropBeyond(open, whole);
            } finally {
                file.release();
            }
        }
        view = found;
        return covered;
    }

    /** Forgets what is in memory: {@link #load} comes next. Lookups meanwhile find less. Not while anything is added. */
    void reset() {
        loaded = false;
        view = EMPTY;
        lastPosition = 0;
    }

    /** Makes the index ready for use, after {@link #load} and whatever was added from the log. */
    void loadingDone() {
        loaded = true;
    }

    /**
     * How far a loaded index goes.
     *
     * @param coveredTo log position up to which it is complete
     * @param maxTimestamp of the log up to there
     */
    record Loaded(int coveredTo, long maxTimestamp) {}

    private boolean hasHeader(DiskFile open) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(IndexBlock.HEADER_BYTES);
        FileBytes.readAvailable(open, header, 0);
        return !header.hasRemaining() && IndexBlock.isFileHeader(header, base);
    }

    /**
     * What is not believed goes, and for good: once the log has other batches there, an old block that came back after a
     * power loss would be taken for theirs.
     */
    private void dropBeyond(DiskFile open, int wholeBlocks) throws IOException {
        long end = wholeBlocks == 0 ? 0 : IndexBlock.filePosition(wholeBlocks);
        if (open.size() > end) {
            LOG.info("index is not whole, the rest is read from the log: file={} blocks={}", file.path(), wholeBlocks);
            try {
                open.truncate(end);
                open.sync();
            } catch (IOException e) {
                throw new NotDroppedException(file.path(), e);
            }
        }
    }

    /** Stale blocks may come back after a power loss: no reader may go on as if they were gone (S8). */
    static final class NotDroppedException extends IOException {
        private static final long serialVersionUID = 1;

        NotDroppedException(Path path, IOException cause) {
            super(path + " could not be cut: " + cause.getMessage(), cause);
        }
    }

    private static boolean readBlock(DiskFile open, int number, ByteBuffer block) throws IOException {
        block.clear();
        FileBytes.readAvailable(open, block, IndexBlock.filePosition(number));
        return !block.hasRemaining() && IndexBlock.isWhole(block);
    }

    /**
     * Whether a block may follow what was loaded so far, and stays within the log. The batch of an entry lies before
     * where the block ends: one that begins there may have been cut off.
     */
    private boolean continues(ByteBuffer block, Loaded before, int logBytes) {
        int count = IndexBlock.count(block);
        int position = lastPosition;
        int offset = -1;
        long timestamp = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            if (IndexBlock.position(block, i) <= position
                    || IndexBlock.offset(block, i) <= offset
                    || IndexBlock.timestamp(block, i) < timestamp) {
                return false;
            }
            position = IndexBlock.position(block, i);
            offset = IndexBlock.offset(block, i);
            timestamp = IndexBlock.timestamp(block, i);
        }
        int coveredTo = IndexBlock.coveredTo(block);
        boolean coversItsEntries = count == 0 || position < coveredTo;
        return coversItsEntries && coveredTo <= logBytes && coveredTo >= before.coveredTo;
    }

    private View with(View found, ByteBuffer block) {
        int count = IndexBlock.count(block);
        if (count > 0) {
            lastPosition = IndexBlock.position(block, count - 1);
        }
        if (count == IndexBlock.ENTRIES) {
            IndexEntries top = found.top.withRoomFor(found.blocks, Integer.MAX_VALUE);
            top.set(
                    found.blocks,
                    IndexBlock.offset(block, 0),
                    IndexBlock.position(block, 0),
                    IndexBlock.timestamp(block, 0));
            return new View(top, found.blocks + 1, found.tail, 0);
        }
        IndexEntries tail = new IndexEntries(Math.max(8, count));
        for (int i = 0; i < count; i++) {
            tail.set(i, IndexBlock.offset(block, i), IndexBlock.position(block, i), IndexBlock.timestamp(block, i));
        }
        return new View(found.top, found.blocks, tail, count);
    }
}
