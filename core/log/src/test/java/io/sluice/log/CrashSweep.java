package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Runs the same work again and again, each time on a machine that goes off before another operation on its disk, and has
 * what is left on the disk checked against what the work had promised until then.
 *
 * @param <P> the promises of one run
 */
final class CrashSweep<P> {
    /** Of what was not synced, another part survives with each seed. */
    private static final int SEEDS = 4;

    private static final int SEED_STEP = 31;

    /** The work, which ends when the power does. */
    @FunctionalInterface
    interface Work<P> {
        void on(MemoryDisk disk, P promises) throws Exception;
    }

    /** Fails when the disk does not have what was promised. */
    @FunctionalInterface
    interface Check<P> {
        void of(MemoryDisk disk, P promises, boolean powerLoss, String scenario) throws Exception;
    }

    private final Supplier<P> noPromises;
    private final Work<P> work;

    CrashSweep(Supplier<P> noPromises, Work<P> work) {
        this.noPromises = noPromises;
        this.work = work;
    }

    /** How many operations on the disk the work takes when nothing goes wrong. */
    int operations() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        AtomicInteger count = new AtomicInteger();
        disk.faults((op, path) -> count.incrementAndGet());
        work.on(disk, noPromises.get());
        return count.get();
    }

    /** The disk as it is when the machine goes off before an operation, the first being 1. */
    MemoryDisk workUntil(int operation, P promises) {
        return workUntil(operation, promises, path -> false);
    }

    private MemoryDisk workUntil(int operation, P promises, Predicate<Path> forgotten) {
        MemoryDisk disk = new MemoryDisk();
        disk.forgetSyncsOf(forgotten);
        AtomicInteger count = new AtomicInteger();
        disk.faults((op, path) -> {
            if (count.incrementAndGet() >= operation) {
                throw new MemoryDisk.PowerLoss();
            }
        });
        try {
            work.on(disk, promises);
        } catch (Exception | AssertionError e) {
            assertThat(count.get()).as("the machine went off: %s", e).isGreaterThanOrEqualTo(operation);
        }
        return disk;
    }

    /** Power losses before every operation, four of each. */
    void powerLosses(Check<P> check) throws Exception {
        int operations = operations();
        assertThat(operations).isGreaterThan(200);
        for (int operation = 1; operation <= operations; operation++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                P promises = noPromises.get();
                MemoryDisk after = workUntil(operation, promises).afterPowerLoss(seedOf(operation, seed));
                check.of(after, promises, true, "power loss before operation " + operation + ", seed " + seed);
            }
        }
    }

    /** Kills before every operation. */
    void kills(Check<P> check) throws Exception {
        int operations = operations();
        for (int operation = 1; operation <= operations; operation++) {
            P promises = noPromises.get();
            MemoryDisk after = workUntil(operation, promises).afterKill();
            check.of(after, promises, false, "kill before operation " + operation);
        }
    }

    /** How many of the power losses before one operation fail the check, on a disk that leaves out some syncs. */
    int noticed(int operation, Predicate<Path> forgotten, Check<P> check) {
        int noticed = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            P promises = noPromises.get();
            MemoryDisk after = workUntil(operation, promises, forgotten).afterPowerLoss(seedOf(operation, seed));
            try {
                check.of(after, promises, true, "a sync was left out");
            } catch (Exception | AssertionError e) {
                noticed++;
            }
        }
        return noticed;
    }

    private static long seedOf(int operation, int seed) {
        return (long) operation * SEED_STEP + seed;
    }
}
