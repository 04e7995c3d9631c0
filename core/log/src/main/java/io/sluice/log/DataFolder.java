package io.sluice.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One data folder ({@code log.dirs}): whether it serves (S8), how full its disk is (S9), and whether the names of its
 * partition folders are safe. Safe from any thread.
 */
final class DataFolder {
    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    private final Path path;
    private final Disk disk;
    private final StoreListener listener;
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private volatile Disk.Space space;
    private volatile boolean low;
    private volatile boolean reserveGone;
    /** Bytes that may still be written before the soft limit, as far as the last look and the writes since tell. */
    private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);

    /** Partition folders made so far, and how many of them a sync of this folder has covered. */
    private final AtomicLong made = new AtomicLong();

    private final AtomicLong madeSynced = new AtomicLong();

    DataFolder(Path path, Disk disk, StoreListener listener, Disk.Space space) {
        this.path = path;
        this.disk = disk;
        this.listener = listener;
        this.space = space;
    }

    Path path() {
        return path;
    }

    Disk.Space space() {
        return space;
    }

    /** Why it is out of service, empty while it serves. */
    Optional<String> failure() {
        return Optional.ofNullable(failure.get());
    }

    boolean failed() {
        return failure.get() != null;
    }

    /** Takes the folder out of service for good: what the disk holds is no longer known. */
    LogFailure.FolderFailed fail(String what, IOException e) {
        String cause = what + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        if (failure.compareAndSet(null, cause)) {
            LOG.error("data folder is out of service: folder={} cause={}", path, cause, e);
            listener.onFolderFailed(path, cause);
        }
        return new LogFailure.FolderFailed(path, String.valueOf(failure.get()));
    }

    /** Whether a log may append now as far as disk space goes. */
    boolean hasRoom(boolean internal) {
        return internal ? !reserveGone : !low;
    }

    /** A write found no space: nothing more is written until {@link #lookAtSpace} finds some. */
    void full() {
        reserveGone = true;
        setLow(true);
    }

    /** Counts what was written since the last look, so that a burst cannot run through the limit between two looks. */
    void wrote(long bytes) {
        if (room.addAndGet(-bytes) < 0) {
            setLow(true);
        }
    }

    /** Looks how much space there is. Blocks, shortly. */
    void lookAtSpace(StoreConfig.DiskSpace limits) throws IOException {
        Disk.Space now = disk.space(path);
        space = now;
        long limit = limits.softLimit(now.totalBytes());
        room.set(now.usableBytes() - limit);
        reserveGone = now.usableBytes() < limit / 4;
        // Some way back before it lifts, or it would flap.
        long needed = low ? limit + limit / 8 : limit;
        setLow(now.usableBytes() < needed);
    }

    private void setLow(boolean nowLow) {
        if (low == nowLow) {
            return;
        }
        low = nowLow;
        if (nowLow) {
            LOG.warn("disk is nearly full, producers are refused: folder={} usable={}", path, space.usableBytes());
        } else {
            LOG.info("disk has space again: folder={} usable={}", path, space.usableBytes());
        }
        listener.onDiskSpace(path, nowLow);
    }

    /** Counts a partition folder that was just made; give the number to {@link #syncNames}. */
    long folderMade() {
        return made.incrementAndGet();
    }

    /** Makes sure that the name of the partition folder with this number survives. Blocks if it does not yet. */
    void syncNames(long number) throws IOException {
        if (madeSynced.get() >= number) {
            return;
        }
        long covered = made.get();
        disk.syncFolder(path);
        madeSynced.accumulateAndGet(covered, Math::max);
    }
}
