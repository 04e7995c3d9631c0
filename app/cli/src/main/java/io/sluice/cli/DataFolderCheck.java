package io.sluice.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Looks at the folder that the data lies in, or would lie in: can it be written, is there room, how slow is an fsync. */
final class DataFolderCheck {
    private static final long FREE_MIN_BYTES = 256L << 20;
    private static final long FREE_GOOD_BYTES = 5L << 30;
    private static final int SYNCS_MAX = 100;
    private static final long SYNC_TIME_MAX_NS = 2_000_000_000L;
    private static final long SLOW_SYNC_NS = 20_000_000L;
    private static final Set<String> REMOTE = Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs");

    private final Path folder;

    DataFolderCheck(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    List<Finding> run() {
        Path existing = nearestExisting(folder);
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return List.of(Finding.fail(
                    "data folder",
                    existing + (Files.isDirectory(existing) ? " cannot be written" : " is no folder"),
                    "choose another with --data, or change its owner"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(
                "data folder", folder + (existing.equals(folder) ? " can be written" : " can be made in " + existing)));
        try {
            findings.addAll(space(Files.getFileStore(existing)));
            findings.add(syncTime(existing));
        } catch (IOException e) {
            findings.add(Finding.fail("data folder", folder + ": " + e.getMessage(), "choose another with --data"));
        }
        return findings;
    }

    private static List<Finding> space(FileStore store) throws IOException {
        List<Finding> findings = new ArrayList<>();
        long free = store.getUsableSpace();
        String text = Human.bytes(free) + " free of " + Human.bytes(store.getTotalSpace());
        String advice = "make room, or shorten retention (log.retention.ms, log.retention.bytes)";
        findings.add(
                free < FREE_MIN_BYTES
                        ? Finding.fail("disk space", text, advice)
                        : free < FREE_GOOD_BYTES
                                ? Finding.warn("disk space", text, advice)
                                : Finding.ok("disk space", text));
        if (REMOTE.contains(store.type())) {
            findings.add(Finding.warn(
                    "file system", store.type() + " is remote: locks and fsync may not hold", "use a local disk"));
        } else if (store.type().equals("tmpfs")) {
            findings.add(Finding.warn("file system", "tmpfs is memory: a reboot loses everything", "use a disk"));
        } else {
            findings.add(Finding.ok("file system", store.type()));
        }
        return findings;
    }

    private static Finding syncTime(Path in) throws IOException {
        Path file = Files.createTempFile(in, ".sluice-doctor-", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long[] times = new long[SYNCS_MAX];
            int count = 0;
            long start = System.nanoTime();
            while (count < SYNCS_MAX && (count == 0 || System.nanoTime() - start < SYNC_TIME_MAX_NS)) {
                ByteBuffer block = ByteBuffer.allocate(4096);
                while (block.hasRemaining()) {
                    channel.write(block);
                }
                long before = System.nanoTime();
                channel.force(false);
                times[count++] = System.nanoTime() - before;
            }
            return describe(Arrays.copyOf(times, count));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Finding describe(long[] times) {
        Arrays.sort(times);
        long p99 = times[(int) Math.min(times.length - 1L, times.length * 99L / 100)];
        String text = "median " + millis(times[times.length / 2]) + ", 99 of 100 within " + millis(p99);
        return p99 > SLOW_SYNC_NS
                ? Finding.warn(
                        "fsync", text, "flush.messages=1 will be slow here; a disk with a protected cache is faster")
                : Finding.ok("fsync", text);
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    private static Path nearestExisting(Path folder) {
        Path candidate = folder;
        while (!Files.exists(candidate) && candidate.getParent() != null) {
            candidate = candidate.getParent();
        }
        return candidate;
    }
}
