package io.sluice.log;

import io.sluice.base.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that carry the suffix {@code .deleted} and wait to be unlinked. What is still here when the process ends is
 * found at the next start. Safe from any thread; {@link #run} blocks.
 */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    private final Disk disk;
    private final Clock clock;
    private final ConcurrentLinkedQueue<Removal> waiting = new ConcurrentLinkedQueue<>();

    Removals(Disk disk, Clock clock) {
        this.disk = disk;
        this.clock = clock;
    }

    private record Removal(long dueNanos, List<SegmentFile> files, List<Path> paths) {}

    /** Unlinks these segment files after a while; readers that hold them keep their bytes. */
    void files(List<SegmentFile> files, long delayMs) {
        waiting.add(new Removal(due(delayMs), files, List.of()));
    }

    /**
     * Takes a partition's folder out of the way, under a name that none has yet: a log that comes and goes again may be
     * deleted while its predecessor still waits. Blocks.
     */
    Path setAside(Path folder) throws IOException {
        Path name = folder.resolveSibling(folder.getFileName() + LogFiles.DELETED);
        for (int i = 1; disk.find(name).isPresent(); i++) {
            name = folder.resolveSibling(folder.getFileName() + "." + i + LogFiles.DELETED);
        }
        disk.rename(folder, name);
        return name;
    }

    /** Deletes a folder and the files in it after a while. */
    void folder(Path folder, long delayMs) {
        waiting.add(new Removal(due(delayMs), List.of(), List.of(folder)));
    }

    private long due(long delayMs) {
        return clock.nanoTime() + delayMs * 1_000_000;
    }

    /** Does what is due; everything when {@code all}. */
    void run(boolean all) {
        long now = clock.nanoTime();
        List<Removal> later = new ArrayList<>();
        for (Removal removal = waiting.poll(); removal != null; removal = waiting.poll()) {
            if (all || removal.dueNanos - now <= 0) {
                unlink(removal);
            } else {
                later.add(removal);
            }
        }
        waiting.addAll(later);
    }

    private void unlink(Removal removal) {
        for (SegmentFile file : removal.files) {
            file.giveUp();
            delete(file.path());
        }
        for (Path folder : removal.paths) {
            try {
                deleteFolder(disk, folder);
            } catch (IOException e) {
                LOG.warn("a removed folder could not be deleted, the next start will: folder={}", folder, e);
            }
        }
    }

    private void delete(Path path) {
        try {
            disk.delete(path);
        } catch (IOException e) {
            LOG.warn("a removed file could not be deleted, the next start will: file={}", path, e);
        }
    }

    /** Deletes a partition's folder, which holds files only. */
    static void deleteFolder(Disk disk, Path folder) throws IOException {
        if (disk.find(folder).isEmpty()) {
            return;
        }
        for (Disk.Entry entry : disk.list(folder)) {
            disk.delete(folder.resolve(entry.name()));
        }
        disk.delete(folder);
    }
}
