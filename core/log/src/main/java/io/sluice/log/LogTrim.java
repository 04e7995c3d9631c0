package io.sluice.log;

import io.sluice.base.Loop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes segments off the beginning of a log: by age, by size, or because their records were deleted. Owned by the log's
 * home loop.
 *
 * <p>A segment leaves in this order (S13): the start offset moves, the segment leaves the published list, its files are
 * renamed on a worker, oldest first, and unlinked after {@code file.delete.delay.ms}. Readers that hold it keep it.
 */
final class LogTrim {
    private static final Logger LOG = LoggerFactory.getLogger(LogTrim.class);
    private static final long RETRY_MS = 50;
    private static final long SHORTAGE_RETRY_MS = 1_000;

    private final PartitionLog log;
    private final LogPlace place;
    private final SegmentList segments;
    private final LogFlush flush;
    /** Removed from the list, not yet from the disk, oldest first. */
    private final ArrayDeque<Removal> pending = new ArrayDeque<>();

    private boolean removing;
    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private boolean closing;
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

    /** Segments that leave together, and the one that begins the log then. */
    private record Removal(List<Segment> segments, Segment first, long delayMs) {}

    LogTrim(PartitionLog log, LogPlace place, SegmentList segments, LogFlush flush) {
        this.log = log;
        this.place = place;
        this.segments = segments;
        this.flush = flush;
    }

    /** See {@link PartitionLog#deleteRecordsBefore}. */
    CompletionStage<Void> delete(long offset) {
        before(offset);
        if (log.startOffset() <= log.flushedOffset()) {
            return place.parts().checkpoints().request(log);
        }
        // The checkpoint believes in no start beyond what is on disk.
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        log.flush(new FlushCallback() {
            @Override
            public void onFlushed(long flushedTo) {
                flushed.complete(null);
            }

            @Override
            public void onFailure(LogFailure failure) {
                flushed.completeExceptionally(new LogException(failure));
            }
        });
        return flushed.thenCompose(nothing -> place.parts().checkpoints().request(log));
    }

    /** Makes {@code offset} the start and removes the segments that lie wholly before it. */
    private void before(long offset) {
        if (offset <= log.startOffset()) {
            return;
        }
        log.moveStart(offset);
        Segment[] all = segments.all();
        int count = 0;
        while (count + 1 < all.length && all[count + 1].base() <= offset) {
            count++;
        }
        remove(count, "records before " + offset + " were deleted");
    }

    /** Removes segments that are too old or too many, as long as they lie wholly below the high watermark; how many. */
    int retain(LogConfig.Retention rules, long nowMs, long highWatermark) {
        if (!rules.delete()) {
            return 0;
        }
        Segment[] all = segments.all();
        long excess = rules.bytes() < 0 ? -1 : segments.bytes() - rules.bytes();
        int count = 0;
        while (count < all.length && all[count].size() > 0) {
            Segment segment = all[count];
            long next = count + 1 < all.length ? all[count + 1].base() : log.endOffset();
            boolean tooOld =
                    rules.ms() >= 0 && segment.maxTimestamp() >= 0 && nowMs - segment.maxTimestamp() > rules.ms();
            boolean tooMuch = excess >= segment.size();
            if (next > highWatermark || !(tooOld || tooMuch)) {
                break;
            }
            excess -= segment.size();
            count++;
        }
        if (count == 0) {
            return 0;
        }
        if (count == all.length) {
            // Not even the last one stays; a new one takes its place, so that the end offset survives.
            if (log.stagedEndOffset() != log.endOffset()) {
                count--;
            } else if (!beginAnew()) {
                return 0;
            }
        }
        log.moveStart(Math.max(log.startOffset(), segments.all()[count].base()));
        remove(count, "of retention");
        return count;
    }

    private boolean beginAnew() {
        try {
            log.roll();
            return true;
        } catch (IOException e) {
            place.folder().fail("rolling " + log.id() + " failed", e);
            return false;
        }
    }

    private void remove(int count, String why) {
        if (count == 0) {
            return;
        }
        List<Segment> removed = segments.removeOldest(count);
        Segment first = segments.all()[0];
        LOG.debug("segments removed: log={} count={} start={} because={}", log.id(), count, log.startOffset(), why);
        pending.add(new Removal(removed, first, log.config().retention().fileDeleteDelayMs()));
        removeNext();
    }

    /** Done when what was removed has its last name. Nothing is removed afterwards. */
    CompletableFuture<Void> close() {
        closing = true;
        removeNext();
        return settled;
    }

    /**
     * One at a time: were a later one to reach the disk before an earlier one, a crash between them would leave a gap in
     * the log.
     */
    private void removeNext() {
        if (removing) {
            return;
        }
        Removal next = pending.poll();
        if (next != null) {
            removing = true;
            queue(next);
        } else {
            idle.complete(null);
            if (closing) {
                settled.complete(null);
            }
        }
    }

    /** Done, on the home loop, when what was removed has its last name. */
    CompletableFuture<Void> idle() {
        if (removing) {
            idle = new CompletableFuture<>();
        }
        return idle;
    }

    private void queue(Removal removal) {
        try {
            place.parts().workers().execute(() -> renameAway(removal));
        } catch (RejectedExecutionException e) {
            place.home().loop().schedule(RETRY_MS, () -> queue(removal));
        }
    }

    private void queueAgain(Removal removal) {
        if (log.failure().isEmpty()) {
            queue(removal);
        } else {
            finished(removal); // the files are found at the next start
        }
    }

    private void finished(Removal removal) {
        removal.segments.forEach(flush::forget);
        removing = false;
        removeNext();
    }

    /** On a worker. */
    private void renameAway(Removal removal) {
        Loop home = place.home().loop();
        try {
            place.parts().removals().files(rename(removal), removal.delayMs);
        } catch (IOException e) {
            if (IoErrors.passing(e)) {
                LOG.warn("segments cannot be removed now, trying again: log={} cause={}", log.id(), e.getMessage());
                home.execute(() -> home.schedule(SHORTAGE_RETRY_MS, () -> queueAgain(removal)));
                return;
            }
            if (!log.wentWithTheLog(e)) {
                place.folder().fail("removing segments of " + log.id() + " failed", e);
            }
        }
        home.execute(() -> finished(removal));
    }

    private List<SegmentFile> rename(Removal removal) throws IOException {
        Disk disk = place.parts().disk();
        Path folder = place.segments().folder();
        Segment first = removal.first;
        if (!first.nameSynced()) {
            // Its name says where the log begins, and must survive if the names before it do not.
            first.createFile();
            disk.syncFolder(folder);
            first.markNameSynced();
            place.folder().syncNames(place.folderNumber());
        }
        List<SegmentFile> files = new ArrayList<>();
        for (Segment segment : removal.segments) {
            rename(disk, segment.file(), files);
            rename(disk, segment.index().file(), files);
        }
        // Until their going is safe a flush must cover them, too: one that a power loss brings back torn would end
        // the log before the segments that follow it.
        disk.syncFolder(folder);
        return files;
    }

    /** Gives a file the name of one that is removed, and adds it to {@code renamed}. May be done again. */
    static void rename(Disk disk, SegmentFile file, List<SegmentFile> renamed) throws IOException {
        Path path = file.path();
        if (path.toString().endsWith(LogFiles.DELETED)) {
            renamed.add(file); // by an attempt that found no space for something else
        } else if (disk.find(path).isPresent()) {
            file.rename(path.resolveSibling(path.getFileName() + LogFiles.DELETED));
            renamed.add(file);
        }
    }
}
