package io.sluice.log;

import io.sluice.base.Loop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records off the end of a log, or all of them: what a follower does whose log has another history than its
 * leader's (R6, R7, R11). Owned by the log's home loop; one cut at a time.
 *
 * <p>In this order, so that a crash at any point leaves the old end, the new one or a boundary between:
 *
 * <ol>
 *   <li>Wait until no flush, removal, snapshot or rebuild is under way: none may tell of the old end afterwards.
 *   <li>Find the boundary (worker).
 *   <li>Publish the new end, flush point and epochs, and an empty segment to go on in (home loop).
 *   <li>Write the recovery checkpoint, which must not claim what is about to go (S3, S12).
 *   <li>Rename the segments beyond, newest first, delete the snapshots beyond, sync the folder; only then shorten the
 *       last segment and sync it (worker).
 *   <li>Restore the producers.
 * </ol>
 *
 * <p>The shortened segment is never written to again in this process's life. So whoever holds a slice of it reads old
 * records or meets the end of the file, and whoever holds one of a removed segment still reads its old bytes (S13).
 */
final class LogCut {
    private static final Logger LOG = LoggerFactory.getLogger(LogCut.class);
    private static final long RETRY_MS = 5;
    private static final long SHORTAGE_RETRY_MS = 500;

    private final PartitionLog log;
    private final LogPlace place;
    private final Loop home;
    private final SegmentList segments;
    private final LogFlush flush;
    private final LogProducers producers;
    private final LogTrim trim;
    private @Nullable CompletableFuture<Void> running;

    /**
     * Where to cut.
     *
     * @param kept how many segments stay
     * @param bytes size of the last of them then
     * @param offset where the log ends then
     */
    private record Boundary(int kept, int bytes, long offset) {}

    /**
     * What the disk has to be told.
     *
     * @param created the segment that begins the log, if no other is left
     * @param snapshotsUpTo producer snapshots beyond it go
     */
    private record Cut(
            List<Segment> removed, Optional<Segment> shortened, Optional<Segment> created, long snapshotsUpTo) {}

    /** Something that blocks, and what is to be done on the home loop then. */
    @FunctionalInterface
    private interface Step {
        Runnable run() throws IOException;
    }

    LogCut(
            PartitionLog log,
            LogPlace place,
            SegmentList segments,
            LogFlush flush,
            LogProducers producers,
            LogTrim trim) {
        this.log = log;
        this.place = place;
        this.home = place.home().loop();
        this.segments = segments;
        this.flush = flush;
        this.producers = producers;
        this.trim = trim;
    }

    boolean isRunning() {
        return running != null;
    }

    /** Done when no cut is under way. */
    CompletableFuture<Void> settled() {
        CompletableFuture<Void> now = running;
        return now == null ? CompletableFuture.completedFuture(null) : now.exceptionally(failure -> null);
    }

    /** See {@link PartitionLog#truncateTo}. */
    CompletionStage<Void> truncateTo(long offset) {
        if (!isRunning() && offset >= log.endOffset() && log.epochs().before(offset) == log.epochs()) {
            return CompletableFuture.completedFuture(null);
        }
        return begin(() -> {
            if (offset < log.startOffset()) {
                drop(offset);
            } else if (offset >= log.endOffset()) {
                cutAt(new Boundary(segments.all().length, segments.active().size(), log.endOffset()));
            } else {
                find(offset);
            }
        });
    }

    /** See {@link PartitionLog#resetTo}. */
    CompletionStage<Void> resetTo(long offset) {
        return begin(() -> drop(offset));
    }

    private CompletionStage<Void> begin(Runnable work) {
        if (log.stagedEndOffset() != log.endOffset()) {
            throw new IllegalStateException(log.id() + " cannot be cut: it has staged batches");
        }
        Optional<LogFailure> obstacle = isRunning() ? Optional.of(new LogFailure.Recovering(log.id())) : log.failure();
        if (obstacle.isPresent()) {
            return CompletableFuture.failedFuture(new LogException(obstacle.get()));
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        running = done;
        CompletableFuture.allOf(flush.pause(), trim.idle(), producers.idle()).thenRun(() -> proceed(work));
        return done;
    }

    private void find(long offset) {
        Segment[] all = segments.all();
        onWorker("finding where to cut", () -> {
            Boundary boundary = boundary(all, offset);
            return () -> cutAt(boundary);
        });
    }

    /** The last boundary between batches that is not above {@code offset}. */
    private static Boundary boundary(Segment[] all, long offset) throws IOException {
        int i = SegmentList.floor(all, offset);
        Segment segment = all[i];
        int end = segment.size();
        int position = end == 0 ? 0 : segment.positionOf(offset, end);
        if (position == 0) {
            return i == 0 ? new Boundary(0, 0, segment.base()) : new Boundary(i, all[i - 1].size(), segment.base());
        }
        if (position == end) {
            return new Boundary(i + 1, end, offset);
        }
        DiskFile file = segment.file().acquire();
        try {
            HeaderWalk walk = new HeaderWalk(file, position, end, BatchHeader.SIZE);
            if (!walk.next()) {
                segment.throwIfDamaged(walk);
            }
            return new Boundary(i + 1, position, Math.min(offset, BatchHeader.baseOffset(walk.buffer(), walk.at())));
        } finally {
            segment.file().release();
        }
    }

    private void cutAt(Boundary to) {
        if (to.kept == 0) {
            drop(to.offset);
            return;
        }
        Segment[] all = segments.all();
        Segment last = all[to.kept - 1];
        boolean shortens = last.size() > to.bytes;
        LogPosition end = new LogPosition(to.offset, last.base(), to.bytes);
        FlushPoint flushed = log.flushPoint();
        FlushPoint left = flushed.position().offset() > to.offset
                ? new FlushPoint(end, last.maxTimestamp(), last.startedMs(), false)
                : flushed;
        long before = log.endOffset();
        if (!shortens && to.kept == all.length) {
            log.moveEndBack(log.endPosition(), left); // only epochs go
            checkpoint(this::finish);
            return;
        }
        if (shortens) {
            last.shorten(to.bytes);
        }
        Segment next = Segment.fresh(place.segments(), to.offset);
        List<Segment> removed = segments.replaceTail(to.kept, next);
        log.moveEndBack(end, left);
        producers.cutTo(to.offset);
        giveUp(removed);
        // Who cuts says why.
        LOG.debug("log is cut: log={} end={} was={} removed={}", log.id(), to.offset, before, removed.size());
        Cut cut = new Cut(removed, shortens ? Optional.of(last) : Optional.empty(), Optional.empty(), to.offset);
        checkpoint(() -> onWorker("cutting", () -> {
            carryOut(cut);
            return () -> producers.rebuild(log.endPosition(), log.flushPoint(), () -> proceed(this::finish));
        }));
    }

    /** Begins anew, empty. */
    private void drop(long offset) {
        long before = log.endOffset();
        long first = segments.all()[0].base();
        Segment next = Segment.fresh(place.segments(), offset);
        List<Segment> removed = segments.replaceTail(0, next);
        // Of what is still there now nothing may be missed (S2), nor of what takes its place.
        log.beginAnew(offset, FlushPoint.none(Math.min(first, offset)));
        producers.clear(offset);
        giveUp(removed);
        LOG.debug("log begins anew: log={} start={} was={}", log.id(), offset, before);
        FlushPoint left = new FlushPoint(log.endPosition(), -1, 0, true);
        Cut cut = new Cut(removed, Optional.empty(), Optional.of(next), -1);
        checkpoint(() -> onWorker("resetting", () -> {
            carryOut(cut);
            return () -> {
                log.flushed(left);
                finish();
            };
        }));
    }

    /** Nobody gets at these any more; who has them keeps them. */
    private void giveUp(List<Segment> removed) {
        for (Segment segment : removed) {
            flush.forget(segment);
            segment.file().giveUp();
            segment.index().file().giveUp();
        }
    }

    private void checkpoint(Runnable next) {
        place.parts()
                .checkpoints()
                .request(log)
                .whenComplete((nothing, failure) -> home.execute(() -> {
                    if (failure == null) {
                        proceed(next);
                    } else {
                        LOG.warn("a cut waits for its checkpoint: log={} cause={}", log.id(), failure.getMessage());
                        home.schedule(SHORTAGE_RETRY_MS, () -> proceed(() -> checkpoint(next)));
                    }
                }));
    }

    /** On a worker; may be done again. */
    private void carryOut(Cut cut) throws IOException {
        Disk disk = place.parts().disk();
        Path folder = place.segments().folder();
        List<SegmentFile> files = new ArrayList<>();
        for (int i = cut.removed.size() - 1; i >= 0; i--) {
            LogTrim.rename(disk, cut.removed.get(i).file(), files);
            LogTrim.rename(disk, cut.removed.get(i).index().file(), files);
        }
        for (String name : disk.names(folder)) {
            OptionalLong offset = LogFiles.offset(name, LogFiles.SNAPSHOT);
            if (offset.isPresent() && offset.getAsLong() > cut.snapshotsUpTo) {
                disk.delete(folder.resolve(name));
            }
        }
        if (cut.created.isPresent()) {
            cut.created.get().createFile(); // its name says where the log begins
        }
        disk.syncFolder(folder);
        if (cut.shortened.isPresent()) {
            cut.shortened.get().dropBeyondSize(log.config().roll().indexIntervalBytes());
        }
        if (cut.created.isPresent()) {
            cut.created.get().markNameSynced();
            place.folder().syncNames(place.folderNumber());
        }
        place.parts().removals().files(files, log.config().retention().fileDeleteDelayMs());
    }

    private void onWorker(String what, Step step) {
        try {
            place.parts().workers().execute(() -> {
                try {
                    Runnable next = step.run();
                    home.execute(() -> proceed(next));
                } catch (IOException e) {
                    home.execute(() -> failed(what, step, e));
                }
            });
        } catch (RejectedExecutionException e) {
            home.schedule(RETRY_MS, () -> onWorker(what, step));
        }
    }

    private void failed(String what, Step step, IOException e) {
        if (log.failure().isPresent() || log.wentWithTheLog(e)) {
            proceed(this::finish);
        } else if (IoErrors.passing(e)) {
            LOG.warn("{} a log is tried again: log={} cause={}", what, log.id(), e.getMessage());
            home.schedule(SHORTAGE_RETRY_MS, () -> proceed(() -> onWorker(what, step)));
        } else if (e instanceof Segment.DamagedSegmentException damaged) {
            log.health().quarantine(damaged.failure());
            proceed(this::finish);
        } else {
            place.folder().fail(what + " " + log.id() + " failed", e);
            proceed(this::finish);
        }
    }

    /** Goes on, unless the log has failed or was closed meanwhile. */
    private void proceed(Runnable next) {
        Optional<LogFailure> failure = log.failure();
        if (failure.isPresent()) {
            end(done -> done.completeExceptionally(new LogException(failure.get())));
        } else {
            next.run();
        }
    }

    private void finish() {
        end(done -> done.complete(null));
    }

    private void end(Consumer<CompletableFuture<Void>> outcome) {
        CompletableFuture<Void> done = running;
        running = null;
        flush.resume();
        if (done != null) {
            outcome.accept(done);
        }
    }
}
