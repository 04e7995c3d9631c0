package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Power losses and kills between every two operations on the disk. */
class CrashTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS
            .withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 100))
            .withRetention(new LogConfig.Retention(true, false, 3000, -1, 0));
    private static final int RECORDS = 30;

    private final CrashSweep<Promises> sweep = new CrashSweep<>(Promises::new, CrashTest::work);

    /** What a run promised before the machine went off. */
    private static final class Promises {
        final List<String> appended = new ArrayList<>();
        /** Offset below which the log said that all is on disk. */
        final AtomicLong flushed = new AtomicLong();
        /** Offset that the log was asked to begin at, once that was done. */
        long start;

        /** Offset before which records were said to be deleted for good. */
        long deleted;
    }

    /** Appends, flushes, rolls, deletes records, checkpoints, sometimes restarts; ends when the power does. */
    private static void work(MemoryDisk disk, Promises promises) throws Exception {
        StoreConfig config = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1))
                .withBackground(new StoreConfig.Background(2_000, 2_000, 64, 3_000, 5_000, 86_400_000, 0));
        for (int life = 0; life < 3; life++) {
            StoreFixture fixture = StoreFixture.open(disk, config, StoreListener.NONE);
            PartitionLog log = fixture.log(SMALL);
            log.beginEpoch(life);
            fixture.store.start();
            for (int i = 0; i < RECORDS / 3; i++) {
                append(fixture, log, life, promises);
                log.highWatermark(log.endOffset());
                if (i % 3 == 1 && fixture.flush(log) instanceof Long offset) {
                    promises.flushed.set(offset);
                }
                if (i == 5) {
                    CompletionStage<Void> safe = log.deleteRecordsBefore(log.endOffset() - 6);
                    promises.start = log.startOffset();
                    fixture.join(safe);
                    promises.deleted = log.startOffset();
                }
                fixture.loop.advanceMs(1_000);
                promises.start = Math.max(promises.start, log.startOffset());
            }
            if (life == 0) {
                append(fixture, log, life, promises); // the shutdown has something to flush
                fixture.join(fixture.store.closeCleanly(5));
                promises.flushed.set(promises.appended.size());
            } else {
                fixture.store.close();
            }
        }
    }

    private static void append(StoreFixture fixture, PartitionLog log, int epoch, Promises promises) {
        int number = promises.appended.size();
        String value = "value-" + number + "-" + "x".repeat(number);
        Staged staged = log.stage(
                Batches.from(7, 0, number, value), epoch, fixture.loop.clock().wallMs());
        assertThat(staged).isInstanceOf(Staged.Ok.class);
        promises.appended.add(value);
        assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
    }

    private static void check(MemoryDisk disk, Promises promises, boolean powerLoss, String scenario) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        assertThat(fixture.report.corrupt()).as(scenario).isEmpty();
        PartitionLog log = fixture.log(SMALL);
        long durable = powerLoss ? promises.flushed.get() : 0;
        assertThat(log.endOffset()).as(scenario + ": end").isGreaterThanOrEqualTo(durable);
        assertThat(log.startOffset()).as(scenario + ": start").isBetween(promises.deleted, promises.start);
        List<String> read = StoreFixture.readAll(log, log.startOffset(), 300);
        assertThat(read).as(scenario + ": content").isEqualTo(promises.appended.subList((int) log.startOffset(), (int)
                log.endOffset()));
        int next = (int) log.endOffset();
        if (next > log.startOffset()) {
            // T1: the producer is known exactly as far as the log goes.
            ByteBuffer last = Batches.from(7, 0, next - 1, "again");
            assertThat(log.stage(last, 9, 0)).as(scenario).isEqualTo(new Staged.Duplicate(next - 1, next - 1, -1));
        }
        assertThat(fixture.append(log, Batches.from(7, 0, next, "next")))
                .as(scenario)
                .isEqualTo(new Staged.Ok(next, next, -1));
        assertThat(log.latestEpoch()).isLessThanOrEqualTo(9);
        fixture.store.close();
    }

    @Test
    void s3s5s6PowerLossBetweenAnyTwoOperationsLosesNothingThatWasFlushed() throws Exception {
        sweep.powerLosses(CrashTest::check);
    }

    @Test
    void killBetweenAnyTwoOperationsLosesNothingThatWasWritten() throws Exception {
        sweep.kills(CrashTest::check);
    }

    @Test
    void s3FlushAfterAKillCoversWhatTheDeadProcessWrote() throws Exception {
        int operations = sweep.operations();
        for (int operation = 1; operation <= operations; operation += 2) {
            Promises promises = new Promises();
            MemoryDisk killed = sweep.workUntil(operation, promises).afterKill();
            StoreFixture fixture = StoreFixture.open(killed, FOLDER);
            PartitionLog log = fixture.log(SMALL);
            long end = log.endOffset();
            assertThat(fixture.flush(log)).isEqualTo(end);
            promises.flushed.set(end);
            promises.start = Math.max(promises.start, log.startOffset());
            MemoryDisk after = killed.afterPowerLoss(operation);
            check(after, promises, true, "power loss after a kill before operation " + operation);
        }
    }

    /** The sweep must notice a broker that leaves out one kind of sync. */
    @ParameterizedTest
    @ValueSource(strings = {"s3-log-bytes", "s5-small-file-bytes", "s6-partition-folder", "s6-data-folder"})
    void sweepCatchesAMissing(String sync) throws Exception {
        Predicate<Path> forgotten =
                switch (sync) {
                    case "s3-log-bytes" -> path -> path.toString().endsWith(".log");
                    case "s5-small-file-bytes" -> path -> path.toString().endsWith(".tmp");
                    case "s6-partition-folder" -> path -> path.getNameCount() == 2;
                    default -> FOLDER::equals;
                };
        int operations = sweep.operations();
        int caught = 0;
        for (int operation = 1; operation <= operations && caught == 0; operation++) {
            caught = sweep.noticed(operation, forgotten, CrashTest::check);
        }
        assertThat(caught).as("power losses that showed the missing sync").isPositive();
    }
}
