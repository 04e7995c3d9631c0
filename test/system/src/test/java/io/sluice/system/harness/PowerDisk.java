package io.sluice.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A disk that can lose its power: an ext4 file system in a file, mounted through a loop device. {@link #cutPower} stops
 * it as it is (the file system's shutdown without a flush of its log), so that what was written and not fsynced, names of
 * files included, is gone when it is mounted again.
 *
 * <p>Needs Linux, root, {@code mkfs.ext4}, and python3 or perl for the ioctl. Owned by the test's thread.
 */
public final class PowerDisk implements AutoCloseable {
    /** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. */
    private static final List<List<String>> SHUTDOWNS = List.of(
            List.of(
                    "python3",
                    "-c",
                    "import os,sys,fcntl,struct;"
                            + "fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587d,struct.pack('I',2))"),
            List.of("perl", "-e", "open(my $d,'<',$ARGV[0])||die $!;ioctl($d,0x8004587d,pack('I',2))||die $!"));

    private static final int UNMOUNT_ATTEMPTS = 50;
    private static final long SLACK_BYTES = 4 << 20;
    private static final Set<Path> MOUNTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> MOUNTED.forEach(left -> Command.run("", List.of("umount", "--lazy", left.toString())))));
    }

    private final Path folder;
    private final List<String> shutdown;

    private PowerDisk(Path folder, List<String> shutdown) {
        this.folder = folder;
        this.shutdown = shutdown;
    }

    /** A disk of this size, tried out; empty, with a line that says why, where the machine does not allow it. */
    public static Optional<PowerDisk> create(String purpose, int megabytes) {
        Optional<List<String>> shutdown = SHUTDOWNS.stream()
                .filter(words -> Command.installed(words.get(0)))
                .findFirst();
        if (shutdown.isEmpty() || !Command.installed("mkfs.ext4")) {
            System.out.println("no disks that lose power: python3 or perl, and mkfs.ext4, are not installed");
            return Optional.empty();
        }
        PowerDisk disk = new PowerDisk(Folders.scratch(purpose), shutdown.get());
        try {
            disk.format(megabytes);
            disk.tryOut();
            return Optional.of(disk);
        } catch (AssertionError | UncheckedIOException refused) {
            System.out.println("no disks that lose power, which take root and Linux: " + refused.getMessage());
            disk.close();
            return Optional.empty();
        }
    }

    private void format(int megabytes) {
        run("truncate", "-s", megabytes + "M", image().toString());
        run("mkfs.ext4", "-q", "-F", "-m", "0", image().toString());
        try {
            Files.createDirectories(mount());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mountAgain();
    }

    private void tryOut() {
        try {
            Path file = mount().resolve("unsynced");
            Files.writeString(file, "gone soon");
            cutPower();
            restorePower();
            if (Files.exists(file)) {
                throw new AssertionError("a file that was not synced outlived the cut");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a broker's data there. */
    public BrokerSpec place(BrokerSpec spec) {
        return spec.data(mount().resolve("data"));
    }

    /** From now on nothing gets to the disk, and nobody can use it. */
    public void cutPower() {
        List<String> words = new ArrayList<>(shutdown);
        words.add(mount().toString());
        Command.run("", words).ok();
    }

    /** The disk is as the cut left it, repaired from its journal; whoever had it open must have ended. */
    public void restorePower() {
        unmount();
        mountAgain();
    }

    /** Leaves no room on the disk. */
    public void fill() {
        try {
            long free = Files.getFileStore(mount()).getUsableSpace();
            Command.run("", List.of("fallocate", "-l", Long.toString(Math.max(1, free - SLACK_BYTES)), filler(0)));
            // The rest; ends with an error, which is what it is for.
            Command.run("", List.of("dd", "if=/dev/zero", "of=" + filler(1), "bs=4k"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the room back. */
    public void drain() {
        try {
            Files.deleteIfExists(Path.of(filler(0)));
            Files.deleteIfExists(Path.of(filler(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String filler(int number) {
        return mount().resolve("filler" + number).toString();
    }

    private Path image() {
        return folder.resolve("image");
    }

    private Path mount() {
        return folder.resolve("mount");
    }

    private void mountAgain() {
        run("mount", "-o", "loop", image().toString(), mount().toString());
        MOUNTED.add(mount());
    }

    /** The kernel needs a moment to let go of a killed process's files. */
    private void unmount() {
        Command.Outcome outcome = tryUnmount();
        for (int i = 0; i < UNMOUNT_ATTEMPTS && outcome.status() != 0; i++) {
            outcome = tryUnmount();
        }
        outcome.ok();
        MOUNTED.remove(mount());
    }

    private Command.Outcome tryUnmount() {
        return Command.run("", List.of("umount", mount().toString()));
    }

    private static void run(String... words) {
        Command.run("", List.of(words)).ok();
    }

    /** Unmounts the disk, and deletes it unless {@code -Dsluice.keep=true}; the broker must have ended. */
    @Override
    public void close() {
        if (Command.run("", List.of("mountpoint", "-q", mount().toString())).status() == 0) {
            unmount();
        }
        if (!Boolean.getBoolean("sluice.keep")) {
            Folders.delete(folder);
        }
    }
}
