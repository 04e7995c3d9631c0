package io.sluice.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a log serves, and if not why. Read from any thread; closed by the home loop, quarantined from any thread. */
final class LogHealth {
    private static final Logger LOG = LoggerFactory.getLogger(LogHealth.class);

    private final LogId id;
    private final LogPlace place;
    private volatile @Nullable LogFailure failure;
    private volatile boolean closed;
    private volatile boolean deleted;

    LogHealth(LogId id, LogPlace place, Optional<LogFailure> found) {
        this.id = id;
        this.place = place;
        this.failure = found.orElse(null);
    }

    /** Why the log does not serve, be it its own fault or its folder's. */
    Optional<LogFailure> failure() {
        LogFailure own = failure;
        if (own != null) {
            return Optional.of(own);
        }
        return place.folder()
                .failure()
                .map(cause -> new LogFailure.FolderFailed(place.folder().path(), cause));
    }

    boolean outOfService() {
        return failure != null || place.folder().failed();
    }

    /** Whether the log itself is closed or corrupt, whatever its folder. */
    boolean failed() {
        return failure != null;
    }

    boolean damaged() {
        return failure instanceof LogFailure.Corrupt;
    }

    /** A log in a failed folder can still be read; one that is corrupt or closed cannot. */
    void refuseIfUnreadable() throws LogException {
        LogFailure now = failure;
        if (now != null) {
            throw new LogException(now);
        }
    }

    /** What a failed read means; damage that it found is acted on. */
    LogException readFailed(IOException e) {
        if (e instanceof Segment.DamagedSegmentException damaged) {
            quarantine(damaged.failure());
            return new LogException(damaged.failure(), e);
        }
        if (e instanceof SegmentIndex.NotDroppedException) {
            return new LogException(place.folder().fail("cutting an index of " + id + " failed", e), e);
        }
        if (IoErrors.unreadable(e)) {
            LogFailure.Corrupt lost = new LogFailure.Corrupt(
                    place.segments().folder(), 0, "the disk does not give it back: " + e.getMessage());
            quarantine(lost);
            return new LogException(lost, e);
        }
        LogFailure now = failure;
        LogFailure unreadable = new LogFailure.Unreadable(place.segments().folder(), String.valueOf(e.getMessage()));
        return new LogException(now != null ? now : unreadable, e);
    }

    void quarantine(LogFailure.Corrupt corrupt) {
        if (failure != null) {
            return; // it is known, or the log is closed
        }
        failure = corrupt;
        LOG.error(
                "log is corrupt and quarantined: log={} file={} position={} detail={}",
                id,
                corrupt.file(),
                corrupt.position(),
                corrupt.detail());
        place.parts().listener().onCorrupt(id, corrupt);
        try {
            place.parts().workers().execute(() -> QuarantineNote.leave(place, corrupt));
        } catch (RejectedExecutionException e) {
            LOG.error("no worker to note the quarantine, a restart will forget it: log={}", id, e);
        }
    }

    void close() {
        closed = true;
        if (failure == null) {
            failure = new LogFailure.Closed(id);
        }
    }

    /** False of one that is closed already: its store closes, and a manifest is about to name it. */
    boolean closeForDeletion() {
        if (closed) {
            return false;
        }
        deleted = true;
        failure = new LogFailure.Closed(id);
        return true;
    }

    boolean wentWithTheLog(IOException e) {
        return deleted && (e instanceof NoSuchFileException || e instanceof SegmentFile.FileGoneException);
    }
}
