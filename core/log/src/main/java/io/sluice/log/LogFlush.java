package io.sluice.log;

import io.sluice.base.Loop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit of one log: one fsync at a time, on a worker; whoever asks meanwhile shares the next one. Everything but
 * {@link #sync} runs on the log's home loop.
 *
 * <p>Order on the worker: the files' bytes, then the names of new files, then the name of a new partition folder. Only
 * then does the flush point move (S3, S6). A failure takes the data folder out of service; nothing is tried again (S8).
 */
final class LogFlush {
    private static final Logger LOG = LoggerFactory.getLogger(LogFlush.class);
    private static final long RETRY_MS = 5;
    private static final long SHORTAGE_RETRY_MS = 200;

    /** For a flush that nobody waits for. */
    private static final FlushCallback NOBODY = new FlushCallback() {
        @Override
        public void onFlushed(long offset) {
            // The flush point has moved; nobody waits for it.
        }

        @Override
        public void onFailure(LogFailure failure) {
            // The data folder has been taken out of service and that was logged.
        }
    };

    private final PartitionLog log;
    private final LogPlace place;
    private final List<Segment> dirty = new ArrayList<>();
    private long dirtySinceNanos;
    private List<FlushCallback> waiting = new ArrayList<>();
    private boolean inFlight;
    /** Whether this log waits for a turn, and whether the flush in flight takes one up. */
    private boolean queued;

    private boolean hasTurn;
    private boolean paused;
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private boolean closing;

    LogFlush(PartitionLog log, LogPlace place) {
        this.log = log;
        this.place = place;
    }

    boolean inFlight() {
        return inFlight;
    }

    List<Segment> dirty() {
        return List.copyOf(dirty);
    }

    boolean isDirty() {
        return !dirty.isEmpty();
    }

    /** Notes that a segment has bytes that are not on disk. */
    void dirtied(Segment segment) {
        int last = dirty.size() - 1;
        if (last < 0 || dirty.get(last) != segment) {
            dirty.add(segment);
        }
    }

    /** Notes that a segment was written to; true when so much waits for a flush that one should begin. */
    boolean wrote(Segment active, LogPosition end) {
        if (dirty.isEmpty()) {
            becameDirty();
        }
        dirtied(active);
        if (log.config().flush().beforeAck() || inFlight) {
            return false;
        }
        LogPosition flushed = log.flushedPosition();
        // Across a roll this counts from the segment's start: never too much.
        long bytes = flushed.segmentBase() == end.segmentBase() ? end.bytes() - flushed.bytes() : end.bytes();
        return end.offset() - flushed.offset() >= log.config().flush().messages()
                || bytes >= place.parts().background().flushAfterBytes();
    }

    /** From now on there are bytes that are not on disk, and the ticks look after them. */
    void becameDirty() {
        dirtySinceNanos = place.parts().clock().nanoTime();
        place.home().dirty().add(log);
    }

    long dirtySinceNanos() {
        return dirtySinceNanos;
    }

    /** Forgets segments that were removed. */
    void forget(Segment segment) {
        dirty.remove(segment);
    }

    /** Flushes when it is this log's turn, and tells {@code callback}, for which somebody waits. */
    void request(FlushCallback callback) {
        dirtySinceNanos = place.parts().clock().nanoTime();
        waiting.add(callback);
        askForTurn();
    }

    /** Flushes at once, unless it does so already; nobody waits. */
    void requestInBackground() {
        dirtySinceNanos = place.parts().clock().nanoTime();
        if (!inFlight && !paused) {
            waiting.add(NOBODY);
            start();
        }
    }

    private void askForTurn() {
        if (!inFlight && !queued && !paused) {
            queued = true;
            place.home().flushTurns().ask(this);
        }
    }

    /** It is this log's turn; false when it has no use for it. */
    boolean takeTurn() {
        queued = false;
        if (inFlight || paused) {
            return false;
        }
        hasTurn = true;
        start();
        return true;
    }

    private void giveTurnBack() {
        if (hasTurn) {
            hasTurn = false;
            place.home().flushTurns().done();
        }
    }

    private void start() {
        List<FlushCallback> served = waiting;
        waiting = new ArrayList<>();
        FlushPoint target = log.written();
        List<Segment> segments = List.copyOf(dirty);
        int[] sizes = new int[segments.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = segments.get(i).size();
        }
        inFlight = true;
        submit(() -> run(segments, sizes, target, served));
    }

    private void submit(Runnable flush) {
        try {
            place.parts().workers().execute(flush);
        } catch (RejectedExecutionException e) {
            place.home().loop().schedule(RETRY_MS, () -> submit(flush));
        }
    }

    /** Begins no flush until {@link #resume}; who asks meanwhile waits. Done, on the home loop, when none is in flight. */
    CompletableFuture<Void> pause() {
        paused = true;
        idle = new CompletableFuture<>();
        if (!inFlight) {
            idle.complete(null);
        }
        return idle;
    }

    void resume() {
        paused = false;
        retry();
    }

    private void retry() {
        if (!waiting.isEmpty()) {
            askForTurn();
        }
        if (closing && !inFlight && waiting.isEmpty()) {
            settled.complete(null);
        }
    }

    /** Done when no flush is in flight. To be called when the log takes no more requests. */
    CompletableFuture<Void> close() {
        closing = true;
        retry();
        return settled;
    }

    /** On a worker. */
    private void run(List<Segment> segments, int[] sizes, FlushPoint target, List<FlushCallback> served) {
        LogFailure failure = null;
        if (place.folder().failed()) {
            failure = new LogFailure.FolderFailed(
                    place.folder().path(), place.folder().failure().orElse(""));
        } else {
            try {
                sync(place, segments);
            } catch (IOException e) {
                if (IoErrors.tooManyOpenFiles(e)) {
                    // A file could not be opened: no fsync has failed, so this one may be tried again.
                    tryLater(() -> run(segments, sizes, target, served));
                    return;
                }
                failure = log.wentWithTheLog(e)
                        ? new LogFailure.Closed(log.id())
                        : place.folder().fail("flushing " + log.id() + " failed", e);
            }
        }
        LogFailure outcome = failure;
        place.home().loop().execute(() -> finished(segments, sizes, target, served, outcome));
    }

    private void tryLater(Runnable flush) {
        LOG.warn("too many open files, a flush is tried again: log={}", log.id());
        Loop home = place.home().loop();
        home.execute(() -> {
            giveTurnBack(); // the others need not wait for it
            home.schedule(SHORTAGE_RETRY_MS, () -> submit(flush));
        });
    }

    /** Makes what these segments hold survive. Blocks. */
    static void sync(LogPlace place, List<Segment> segments) throws IOException {
        boolean newNames = false;
        for (Segment segment : segments) {
            try {
                DiskFile file = segment.file().acquire();
                try {
                    file.sync();
                } finally {
                    segment.file().release();
                }
            } catch (SegmentFile.FileGoneException e) {
                continue; // removed meanwhile: what it held lies below the start offset
            }
            newNames |= !segment.nameSynced();
        }
        if (newNames) {
            place.parts().disk().syncFolder(place.segments().folder());
            segments.forEach(Segment::markNameSynced);
        }
        place.folder().syncNames(place.folderNumber());
    }

    private void finished(
            List<Segment> segments,
            int[] sizes,
            FlushPoint target,
            List<FlushCallback> served,
            @Nullable LogFailure failure) {
        inFlight = false;
        if (failure == null) {
            for (int i = 0; i < sizes.length; i++) {
                if (segments.get(i).size() == sizes[i]) {
                    dirty.remove(segments.get(i));
                }
            }
            log.flushed(target);
        }
        for (FlushCallback callback : served) {
            if (failure == null) {
                callback.onFlushed(target.position().offset());
            } else {
                callback.onFailure(failure);
            }
        }
        retry();
        giveTurnBack();
        if (paused) {
            idle.complete(null);
        }
    }
}
