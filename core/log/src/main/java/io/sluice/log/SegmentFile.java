package io.sluice.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that is opened when somebody needs it and closed when nobody does and {@link OpenFiles} wants its descriptor.
 * Whoever uses it acquires and releases it. Safe from any thread; the common case costs one compare-and-set.
 *
 * <p>The reference count is {@link #CLOSED} while the file is closed. Opening, closing and renaming hold the monitor.
 */
final class SegmentFile {
    private static final int CLOSED = -1;

    private final OpenFiles openFiles;
    private final AtomicInteger references = new AtomicInteger(CLOSED);
    private volatile Path path;
    private volatile boolean exists;
    private volatile boolean gone;
    private volatile boolean used;
    private volatile @Nullable DiskFile file;

    SegmentFile(OpenFiles openFiles, Path path, boolean exists) {
        this.openFiles = openFiles;
        this.path = path;
        this.exists = exists;
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return exists;
    }

    /**
     * Opens the file if need be and takes a reference.
     *
     * @throws FileGoneException when the file has been given up
     * @throws NoSuchFileException when it has not been made yet: only its writer may make it, for until then the name may
     *     be that of a file that is about to be removed
     */
    DiskFile acquire() throws IOException {
        if (!exists && !gone) {
            throw new NoSuchFileException(path.toString());
        }
        return acquireOrCreate();
    }

    /** As {@link #acquire}, but makes the file the first time. */
    DiskFile acquireOrCreate() throws IOException {
        for (; ; ) {
            int count = references.get();
            if (count == CLOSED) {
                open();
                openFiles.opened(this);
            } else if (references.compareAndSet(count, count + 1)) {
                DiskFile open = file;
                if (gone || open == null) {
                    release();
                    throw new FileGoneException(path);
                }
                if (!used) {
                    used = true;
                }
                return open;
            }
        }
    }

    void release() {
        if (references.decrementAndGet() == 0 && gone) {
            tryClose();
        }
    }

    /** Whether it was used since the last call. */
    boolean clearUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** Closes the file unless somebody holds it. Returns whether it is closed now. */
    synchronized boolean tryClose() {
        if (!references.compareAndSet(0, CLOSED)) {
            return references.get() == CLOSED;
        }
        DiskFile open = file;
        file = null;
        if (open != null) {
            openFiles.close(open, path);
        }
        return true;
    }

    /** From now on nobody can acquire it; whoever has it keeps it. */
    void giveUp() {
        gone = true;
        openFiles.forget(this);
        tryClose();
    }

    /** Gives the file, which exists, another name, whether it is open or not. Blocks. */
    synchronized void rename(Path changed) throws IOException {
        openFiles.disk().rename(path, changed);
        path = changed;
    }

    private synchronized void open() throws IOException {
        if (gone) {
            throw new FileGoneException(path);
        }
        if (references.get() != CLOSED) {
            return;
        }
        file = openFiles.open(path, exists);
        exists = true;
        references.set(0);
    }

    /** Whether it has been given up. */
    boolean isGone() {
        return gone;
    }

    /** The file, or the part of it that was looked for, was removed by retention or a cut, or went with its log. */
    static final class FileGoneException extends IOException {
        private static final long serialVersionUID = 1;

        FileGoneException(Path path) {
            super(path + " has been removed");
        }
    }
}
