package io.sluice.simulation;

import io.sluice.log.MemoryDisk;
import io.sluice.log.MemoryDisk.Op;
import io.sluice.log.MemoryDisk.PowerLoss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A machine's disk: what it holds outlives processes, and power losses as far as it was synced. Its troubles are dealt
 * out by the seed: the process may be cut down in the middle of an operation, and operations may fail.
 */
final class SimDisk {
    static final Path FOLDER = Path.of("/data");

    private final Chance chance;
    private MemoryDisk disk = new MemoryDisk();
    /** Identity of the data folder, as the server keeps it in a file there. */
    private UUID directory;

    private int operationsLeft = -1;
    private boolean down;
    private boolean observed;
    private boolean failed;
    private boolean rotten;
    /** Files of which a sync has failed: no later one brings back what that did not write. */
    private final Set<Path> unsynced = new HashSet<>();

    private int errorsPerMillion;

    SimDisk(Chance chance) {
        this.chance = chance;
        this.directory = newDirectory();
        reset();
    }

    MemoryDisk files() {
        return disk;
    }

    UUID directory() {
        return directory;
    }

    /** How many reads, writes and syncs in a million fail. */
    void errorsPerMillion(int changed) {
        errorsPerMillion = changed;
        failed |= changed > 0;
    }

    /** Whether operations have failed in this life of the process, or may have. */
    boolean hasFailed() {
        return failed;
    }

    /** Whether bytes on it are not what was written. */
    boolean rotten() {
        return rotten;
    }

    /** The process ends right before the operation that comes after so many more. */
    void endAfter(int operations) {
        operationsLeft = operations;
    }

    /** Whether the end that {@link #endAfter} asked for has come. */
    boolean down() {
        return down;
    }

    /** Lets a checker look at the files: troubles are for the broker only. */
    void observe(Runnable look) {
        observed = true;
        try {
            look.run();
        } finally {
            observed = false;
        }
    }

    /** The process is gone, what it wrote is not. */
    void afterKill() {
        disk.afterKill();
        reset();
    }

    /** The power was gone: what was not synced survives in part. */
    void afterPowerLoss() {
        disk = disk.afterPowerLoss(chance.seed());
        reset();
    }

    /** Somebody put an empty disk in. */
    void wipe() {
        disk = new MemoryDisk();
        directory = newDirectory();
        rotten = false;
        reset();
    }

    /** A byte in some record of each partition's newest segment is not what it was. */
    void rotNewest(Chance how) {
        Map<Path, Path> newest = new TreeMap<>();
        for (Path file : disk.files()) {
            if (file.toString().endsWith(".log")) {
                newest.merge(file.getParent(), file, (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
        newest.values().forEach(file -> rot(file, how));
    }

    private void rot(Path file, Chance how) {
        try {
            byte[] bytes = disk.bytes(file);
            int at = how.below(bytes.length + 1);
            while (at < bytes.length && bytes[at] != '#') {
                at++; // every value has one
            }
            if (at < bytes.length) {
                bytes[at] ^= 1;
                disk.rot(file, bytes);
                rotten = true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reset() {
        unsynced.clear();
        disk.forgetSyncsOf(unsynced::contains);
        disk.faults(this::before);
        operationsLeft = -1;
        down = false;
        failed = errorsPerMillion > 0;
    }

    private UUID newDirectory() {
        return new UUID(chance.seed(), chance.seed());
    }

    private void before(Op op, Path path) throws IOException {
        if (observed) {
            return;
        }
        if (down || (operationsLeft >= 0 && operationsLeft-- == 0)) {
            down = true;
            throw new PowerLoss();
        }
        boolean fragile = op == Op.READ || op == Op.WRITE || op == Op.SYNC;
        if (errorsPerMillion > 0 && fragile && chance.below(1_000_000) < errorsPerMillion) {
            if (op == Op.SYNC) {
                unsynced.add(path); // the kernel drops what it could not write, and tells of it once
            }
            throw new IOException("Input/output error");
        }
    }
}
