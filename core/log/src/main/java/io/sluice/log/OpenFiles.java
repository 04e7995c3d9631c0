package io.sluice.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the number of open segment files under a cap (S10). When it is passed, files that nobody holds are closed,
 * those first that were not used since the last round (the clock algorithm). Files in use never are, so the cap can be
 * exceeded by as many as readers and writers hold. Safe from any thread.
 */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Disk disk;
    private final int cap;
    private final ConcurrentLinkedQueue<SegmentFile> ring = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    OpenFiles(Disk disk, int cap) {
        this.disk = disk;
        this.cap = cap;
    }

    Disk disk() {
        return disk;
    }

    int count() {
        return count.get();
    }

    DiskFile open(Path path, boolean exists) throws IOException {
        try {
            return openOnce(path, exists);
        } catch (IOException e) {
            if (!IoErrors.tooManyOpenFiles(e)) {
                throw e;
            }
            LOG.warn("too many open files, closing idle ones: open={} cap={}", count.get(), cap);
            evict(0);
            return openOnce(path, exists);
        }
    }

    private DiskFile openOnce(Path path, boolean exists) throws IOException {
        DiskFile file = exists ? disk.open(path) : disk.create(path);
        count.incrementAndGet();
        return file;
    }

    /** Called after {@code file} was opened, without its monitor. */
    void opened(SegmentFile file) {
        ring.add(file);
        if (count.get() > cap) {
            evict(cap - cap / 10);
        }
    }

    /** The file will not be opened again. */
    void forget(SegmentFile file) {
        ring.remove(file);
    }

    void close(DiskFile file, Path path) {
        count.decrementAndGet();
        try {
            file.close();
        } catch (IOException e) {
            // What was written is in the page cache, and a failed write-back shows at the next fsync.
            LOG.warn("closing a file failed: file={}", path, e);
        }
    }

    private void evict(int target) {
        // Twice around: the first round may only clear the marks of files in use lately.
        for (int visits = 2 * count.get() + 2; visits > 0 && count.get() > target; visits--) {
            SegmentFile candidate = ring.poll();
            if (candidate == null) {
                return;
            }
            if (candidate.clearUsed() || !candidate.tryClose()) {
                ring.add(candidate);
            }
        }
    }
}
