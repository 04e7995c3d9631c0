package io.sluice.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * A partition's folder after a crash: finishes or undoes what was under way (S14). Blocks.
 *
 * @param disk the file system
 * @param folder the partition's
 */
record SegmentFolder(Disk disk, Path folder) {

    /** Leaves only segments, indexes and snapshots; returns them. */
    List<Disk.Entry> tidy() throws IOException {
        boolean changed = false;
        List<Disk.Entry> kept = new ArrayList<>();
        List<Disk.Entry> swaps = new ArrayList<>();
        for (Disk.Entry entry : disk.list(folder)) {
            String name = entry.name();
            if (name.endsWith(LogFiles.DELETED)
                    || name.endsWith(LogFiles.CLEANED)
                    || name.endsWith(LogFiles.TEMPORARY)) {
                disk.delete(folder.resolve(name));
                changed = true;
            } else if (name.endsWith(LogFiles.SWAP)) {
                swaps.add(entry);
            } else {
                kept.add(entry);
            }
        }
        for (Disk.Entry swap : swaps) {
            complete(swap);
            changed = true;
        }
        if (!changed) {
            return kept;
        }
        if (!swaps.isEmpty()) {
            disk.syncFolder(folder);
        }
        return swaps.isEmpty() ? kept : disk.list(folder);
    }

    /** Puts a compacted segment into the place of those that it was made of. */
    private void complete(Disk.Entry swap) throws IOException {
        String name = swap.name().substring(0, swap.name().length() - LogFiles.SWAP.length());
        OptionalLong base = LogFiles.offset(name, LogFiles.SEGMENT);
        if (base.isEmpty()) {
            disk.delete(folder.resolve(swap.name()));
            return;
        }
        long last = lastOffset(swap);
        for (Disk.Entry entry : disk.list(folder)) {
            OptionalLong replaced = LogFiles.offset(entry.name(), LogFiles.SEGMENT);
            if (replaced.isPresent() && replaced.getAsLong() > base.getAsLong() && replaced.getAsLong() <= last) {
                disk.delete(folder.resolve(LogFiles.index(replaced.getAsLong())));
                disk.delete(folder.resolve(entry.name()));
            }
        }
        disk.delete(folder.resolve(LogFiles.index(base.getAsLong())));
        disk.rename(folder.resolve(swap.name()), folder.resolve(name));
    }

    private long lastOffset(Disk.Entry swap) throws IOException {
        long last = -1;
        try (DiskFile file = disk.open(folder.resolve(swap.name()))) {
            HeaderWalk walk = new HeaderWalk(file, 0, swap.size(), 64 * 1024);
            while (walk.next()) {
                last = BatchHeader.lastOffset(walk.buffer(), walk.at());
            }
        }
        return last;
    }
}
