package io.sluice.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    private final PartitionLog log;
    private final LogPlace place;
    private final SegmentList segments;
    private final LogFlush flush;

    LogTrim(PartitionLog log, LogPlace place, SegmentList segments, LogFlush flush) {
        this.log = log;
        this.place = place;
        this.segments = segments;
        this.flush = flush;
    }

    /** Makes {@code offset} the start and removes the segments that lie wholly before it. */
    void before(long offset) {
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

    /** Removes segments that are too old or too many, as long as they lie wholly below the high watermark. */
    void retain(LogConfig.Retention rules, long nowMs, long highWatermark) {
        if (!rules.delete()) {
            return;
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
            return;
        }
        if (count == all.length) {
            // Not even the last one stays; a new one takes its place, so that the end offset survives.
            if (log.stagedEndOffset() != log.endOffset()) {
                count--;
            } else if (!beginAnew()) {
                return;
            }
        }
        log.moveStart(Math.max(log.startOffset(), segments.all()[count].base()));
        remove(count, "of retention");
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
        LOG.info("segments removed: log={} count={} start={} because={}", log.id(), count, log.startOffset(), why);
        long delayMs = log.config().retention().fileDeleteDelayMs();
        queue(() -> renameAway(removed, first, delayMs));
    }

    private void queue(Runnable work) {
        try {
            place.parts().workers().execute(work);
        } catch (RejectedExecutionException e) {
            place.home().loop().schedule(RETRY_MS, () -> queue(work));
        }
    }

    /** On a worker. */
    private void renameAway(List<Segment> removed, Segment first, long delayMs) {
        Disk disk = place.parts().disk();
        Path folder = place.segments().folder();
        try {
            if (!first.nameSynced()) {
                // Its name says where the log begins, and must survive if the names before it do not.
                first.createFile();
                disk.syncFolder(folder);
                first.markNameSynced();
                place.folder().syncNames(place.folderNumber());
            }
            List<SegmentFile> files = new ArrayList<>();
            for (Segment segment : removed) {
                rename(disk, segment.file(), files);
                rename(disk, segment.index().file(), files);
            }
            // Until their going is safe a flush must cover them, too: one that a power loss brings back torn would end
            // the log before the segments that follow it.
            disk.syncFolder(folder);
            place.home().loop().execute(() -> removed.forEach(flush::forget));
            place.parts().removals().files(files, delayMs);
        } catch (IOException e) {
            if (log.failure().isEmpty()) {
                place.folder().fail("removing segments of " + log.id() + " failed", e);
            }
        }
    }

    private static void rename(Disk disk, SegmentFile file, List<SegmentFile> renamed) throws IOException {
        Path path = file.path();
        if (disk.find(path).isPresent()) {
            file.rename(path.resolveSibling(path.getFileName() + LogFiles.DELETED));
            renamed.add(file);
        }
    }
}
