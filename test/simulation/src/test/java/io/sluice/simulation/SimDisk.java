package io.sluice.simulation;

import io.sluice.log.MemoryDisk;
import io.sluice.log.MemoryDisk.Op;
import io.sluice.log.MemoryDisk.PowerLoss;
import java.io.IOException;
import java.nio.file.Path;
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
    private int errorsPerMillion;

    SimDisk(Chance chance) {
        this.chance = chance;
        this.directory = newDirectory();
        disk.faults(this::before);
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
        reset();
    }

    private void reset() {
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
            throw new IOException("Input/output error");
        }
    }
}
