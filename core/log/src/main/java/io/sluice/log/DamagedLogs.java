package io.sluice.log;

import io.sluice.base.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that were damaged and have been begun anew from another broker: what was left of them stays for people, in its
 * data folder, as {@code <partition's folder>.<wall-clock ms>.damaged}. It goes after {@link #KEPT_MS}, or as soon as the
 * disk is nearly full; of one partition only the latest is kept. Safe from any thread; what it does blocks.
 */
final class DamagedLogs {
    /** A day: long enough for somebody to look, short enough not to be forgotten. */
    static final long KEPT_MS = 24 * 3_600_000L;

    static final String SUFFIX = ".damaged";

    private static final Logger LOG = LoggerFactory.getLogger(DamagedLogs.class);

    private final Disk disk;
    private final Clock clock;
    private final ConcurrentLinkedQueue<Kept> kept = new ConcurrentLinkedQueue<>();

    private record Kept(DataFolder dataFolder, Path folder, long sinceMs) {
        boolean isOf(Path partition) {
            String name = String.valueOf(folder.getFileName());
            return name.startsWith(partition.getFileName() + ".")
                    && String.valueOf(folder.getParent()).equals(String.valueOf(partition.getParent()));
        }
    }

    DamagedLogs(Disk disk, Clock clock) {
        this.disk = disk;
        this.clock = clock;
    }

    /** Takes note of those among the names in a data folder. */
    void found(DataFolder dataFolder, List<String> names) {
        for (String name : names) {
            OptionalLong since = setAsideAt(name);
            if (since.isPresent()) {
                kept.add(new Kept(dataFolder, dataFolder.path().resolve(name), since.getAsLong()));
            }
        }
    }

    /** When a folder with this name was set aside; empty when the name is another. */
    private static OptionalLong setAsideAt(String name) {
        if (!name.endsWith(SUFFIX)) {
            return OptionalLong.empty();
        }
        String rest = name.substring(0, name.length() - SUFFIX.length());
        int dot = rest.lastIndexOf('.');
        if (dot < 0 || FolderName.parse(rest.substring(0, dot)).isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(rest, dot + 1, rest.length(), 10));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Gives a partition's folder its other name; safe on disk afterwards. */
    Path setAside(DataFolder dataFolder, Path folder) throws IOException {
        long now = clock.wallMs();
        Path to = folder.resolveSibling(folder.getFileName() + "." + now + SUFFIX);
        for (long i = 1; disk.find(to).isPresent(); i++) {
            to = folder.resolveSibling(folder.getFileName() + "." + (now + i) + SUFFIX);
        }
        disk.rename(folder, to);
        disk.syncFolder(dataFolder.path());
        kept.removeIf(each -> each.isOf(folder) && delete(each, "the same log was damaged again"));
        kept.add(new Kept(dataFolder, to, now));
        return to;
    }

    /** Deletes what has been kept for long enough, or lies on a disk that is nearly full. */
    void expire() {
        long now = clock.wallMs();
        kept.removeIf(each -> {
            if (!each.dataFolder.hasRoom(false)) {
                return delete(each, "the disk is nearly full");
            }
            return now - each.sinceMs >= KEPT_MS && delete(each, "it was kept for a day");
        });
    }

    /** Whether it is gone; if not it is tried again. */
    private boolean delete(Kept each, String why) {
        try {
            Removals.deleteFolder(disk, each.folder);
            LOG.info("msg=\"damaged log is deleted\" folder={} because=\"{}\"", each.folder, why);
            return true;
        } catch (IOException e) {
            LOG.warn("msg=\"damaged log could not be deleted\" folder={}", each.folder, e);
            return false;
        }
    }
}
