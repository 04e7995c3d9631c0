package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A region of a segment file: whole batches, to be sent without copying or read. It is counted by reference: whoever
 * got it, or called {@link #retain}, calls {@link #close} once; until then the file stays open and its bytes stay,
 * though retention may have removed the segment. Safe from any thread.
 */
public final class LogSlice implements AutoCloseable {
    private static final int WARM_BYTES = 64 * 1024;

    private final @Nullable Segment segment;
    private final @Nullable DiskFile file;
    private final long position;
    private final int bytes;
    private final long startOffset;
    private final AtomicInteger references = new AtomicInteger(1);

    private LogSlice(@Nullable Segment segment, @Nullable DiskFile file, long position, int bytes, long startOffset) {
        this.segment = segment;
        this.file = file;
        this.position = position;
        this.bytes = bytes;
        this.startOffset = startOffset;
    }

    /** Takes over a reference to the segment's file. */
    static LogSlice of(Segment segment, DiskFile acquired, int position, int bytes, long startOffset) {
        return new LogSlice(segment, acquired, position, bytes, startOffset);
    }

    /** Nothing to read at {@code offset} yet. */
    static LogSlice empty(long offset) {
        return new LogSlice(null, null, 0, 0, offset);
    }

    /** Where to send from; empty when there is nothing to send, or the file is not the operating system's. */
    public Optional<FileChannel> channel() {
        return file == null ? Optional.empty() : file.channel();
    }

    /** Where in the file the region begins, in bytes. */
    public long position() {
        return position;
    }

    /** Where the region begins, as a limit for other readers: they see what comes before. Not for an empty slice. */
    public LogPosition start() {
        if (segment == null) {
            throw new IllegalStateException("an empty slice lies nowhere");
        }
        return new LogPosition(startOffset, segment.base(), position);
    }

    /** Length of the region; 0 when there is nothing to read yet. */
    public int bytes() {
        return bytes;
    }

    /** The offset that was asked for. The region's first batch holds it, so it may begin at a smaller one. */
    public long startOffset() {
        return startOffset;
    }

    /** Whether the region is probably in the page cache, so that a loop may send it without waiting for a disk. */
    public boolean likelyCached() {
        return segment == null || segment.likelyCached(position, position + bytes);
    }

    /** Reads the region, so that it is in the page cache. Blocks: for workers. */
    public void warm() throws IOException {
        if (segment == null || file == null) {
            return;
        }
        ByteBuffer sink = ByteBuffer.allocate(Math.min(bytes, WARM_BYTES));
        for (long at = position; at < position + bytes; at += sink.position()) {
            sink.clear().limit((int) Math.min(sink.capacity(), position + bytes - at));
            FileBytes.readFully(file, sink, at);
        }
        segment.markWarm(position, position + bytes);
    }

    /**
     * Copies as much of the region as fits into {@code target}, from {@code from} bytes into it on; returns how much.
     */
    public int readInto(ByteBuffer target, int from) throws IOException {
        int wanted = Math.min(target.remaining(), bytes - from);
        if (file == null || wanted <= 0) {
            return 0;
        }
        int limit = target.limit();
        target.limit(target.position() + wanted);
        try {
            FileBytes.readFully(file, target, position + from);
        } finally {
            target.limit(limit);
        }
        return wanted;
    }

    /** Takes one more reference; returns this. */
    public LogSlice retain() {
        if (references.getAndIncrement() <= 0) {
            references.decrementAndGet();
            throw new IllegalStateException("the slice has been closed");
        }
        return this;
    }

    @Override
    public void close() {
        int left = references.decrementAndGet();
        if (left < 0) {
            references.incrementAndGet();
            throw new IllegalStateException("the slice has been closed already");
        }
        if (left == 0 && segment != null) {
            segment.file().release();
        }
    }
}
