package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What workers do may be done late, or in another order than it was asked for. */
class WorkerRacesTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));
    private static final StoreConfig CONFIG = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1));

    private final MemoryDisk disk = new MemoryDisk();
    private final HeldWorkers workers = new HeldWorkers();

    private StoreFixture open() throws StoreException {
        return StoreFixture.open(disk, CONFIG, StoreListener.NONE, workers);
    }

    private void settle(StoreFixture fixture) {
        fixture.loop.runAll();
        while (workers.count() > 0) {
            workers.runAll();
            fixture.loop.runAll();
        }
    }

    private void flush(StoreFixture fixture, PartitionLog log) {
        log.flush(new IgnoredFlush());
        settle(fixture);
    }

    private static PartitionLog filled(StoreFixture fixture, LogConfig config, int records) throws Exception {
        PartitionLog log = fixture.log(config);
        for (int i = 0; i < records; i++) {
            fixture.append(log, Batches.from(7, 0, i, "value-" + i));
        }
        return log;
    }

    private boolean manifestExists() {
        return disk.files().contains(FOLDER.resolve("clean-shutdown"));
    }

    @Test
    void s13RemovalThatOvertakesAnEarlierOneLeavesNoGap() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, SMALL, 60);
        flush(fixture, log);
        log.deleteRecordsBefore(20);
        log.deleteRecordsBefore(45);
        assertThat(workers.count()).isPositive();

        while (workers.count() > 0) {
            workers.takeLast().run();
            if (disk.files().stream().anyMatch(path -> path.toString().endsWith(".deleted"))) {
                break;
            }
        }
        fixture.store.close();
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(again.report.corrupt()).isEmpty();
        PartitionLog recovered = again.log(SMALL);
        assertThat(recovered.endOffset()).isEqualTo(60);
        assertThat(StoreFixture.readAll(recovered, recovered.startOffset(), 500))
                .hasSize((int) (60 - recovered.startOffset()))
                .endsWith("value-59");
    }

    @Test
    void s8FlushThatFailsDuringTheShutdownLeavesNoManifest() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, SMALL, 5);
        settle(fixture);
        log.flush(new IgnoredFlush());
        fixture.loop.runAll(); // it is its turn
        Runnable flush = workers.takeLast();
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();
        fixture.loop.runAll();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                disk.faults(MemoryDisk.Faults.NONE); // the kernel says it once
                throw new IOException("Input/output error");
            }
        });

        flush.run();
        settle(fixture);

        assertThat(closing).isDone();
        assertThat(fixture.store.folderFailure(FOLDER)).isPresent();
        assertThat(manifestExists()).isFalse();
    }

    @Test
    void s4ManifestWaitsForTheCheckpointAndTheFlushUnderWay() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, SMALL, 5);
        flush(fixture, log);
        log.deleteRecordsBefore(2);
        Runnable checkpoint = workers.takeLast();
        log.flush(new IgnoredFlush());
        fixture.loop.runAll(); // it is its turn
        Runnable flush = workers.takeLast();
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();

        for (Runnable held : List.of(checkpoint, flush)) {
            settle(fixture);
            assertThat(closing).isNotDone();
            assertThat(manifestExists()).isFalse();
            held.run();
        }
        settle(fixture);

        assertThat(closing).isCompleted();
        assertThat(manifestExists()).isTrue();
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
    }

    @Test
    void s4ManifestWaitsForSegmentsThatAreBeingRemoved() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, SMALL, 60);
        flush(fixture, log);
        log.deleteRecordsBefore(45);
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();
        settle(fixture);

        assertThat(closing).isCompleted();
        assertThat(disk.files()).as("nothing is left that no manifest names").noneMatch(path -> path.toString()
                .endsWith(".deleted"));
        assertThat(disk.files())
                .filteredOn(path -> path.toString().endsWith(".log"))
                .hasSize(log.segments().length);
    }

    @Test
    void s12StartBeyondWhatAPowerLossLeftHidesNoNewRecord() throws Exception {
        StoreFixture fixture = open();
        fixture.store.start();
        PartitionLog log = filled(fixture, SMALL, 20);
        flush(fixture, log);
        for (int i = 20; i < 40; i++) {
            fixture.append(log, Batches.from(7, 0, i, "value-" + i));
        }
        log.deleteRecordsBefore(35);
        fixture.loop.runAll();
        workers.takeLast(); // the flush, which does not come to its end
        settle(fixture);
        fixture.loop.advanceMs(31_000);
        settle(fixture);
        for (int seed = 0; seed < 20; seed++) {
            MemoryDisk after = disk.afterPowerLoss(seed);
            StoreFixture again = StoreFixture.open(after, FOLDER);
            PartitionLog found = again.log(SMALL);
            int end = (int) found.endOffset();
            assertThat(found.startOffset()).as("start, seed " + seed).isLessThanOrEqualTo(end);
            for (int i = end; i < 40; i++) {
                again.append(found, Batches.of(1, "new-" + i));
            }
            again.store.close();
            PartitionLog third = StoreFixture.open(after.afterKill(), FOLDER).log(SMALL);
            assertThat(StoreFixture.readAll(third, third.startOffset(), 500))
                    .as("seed " + seed)
                    .hasSizeGreaterThanOrEqualTo(40 - end)
                    .endsWith(end == 40 ? "value-39" : "new-39");
        }
    }

    @Test
    void t1SegmentsRemovedDuringARebuildDoNotFenceTheFolder() throws Exception {
        StoreFixture fixture = open();
        LogConfig config = SMALL.withRetention(new LogConfig.Retention(true, false, -1, -1, 0));
        PartitionLog log = filled(fixture, config, 60);
        settle(fixture);
        for (Path path : disk.files()) {
            if (path.toString().endsWith(".snapshot")) {
                disk.delete(path);
            }
        }
        failOneWrite(log);
        Runnable rebuild = workers.takeLast();
        log.deleteRecordsBefore(45);
        fixture.store.start();
        settle(fixture);
        fixture.loop.advanceMs(2_000);
        settle(fixture);

        rebuild.run();
        settle(fixture);

        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        assertThat(log.stage(Batches.from(7, 0, 60, "next"), 0, 1)).isEqualTo(new Staged.Ok(60, 60, -1));
    }

    @Test
    void s4LogDeletedWhileTheStoreClosesIsLeftToTheNextStart() throws Exception {
        StoreFixture fixture = open();
        filled(fixture, SMALL, 60);
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();
        fixture.loop.runAll();
        workers.runAll();
        fixture.loop.runAll(); // its loop has closed it, its flush is to come
        assertThat(workers.count()).isPositive();

        CompletableFuture<Void> deleted = fixture.store.delete(StoreFixture.ID).toCompletableFuture();
        settle(fixture);

        assertThat(closing).isCompleted();
        assertThat(deleted).isCompletedExceptionally();
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(again.report.clean()).isTrue();
        assertThat(again.log(SMALL).endOffset()).isEqualTo(60);
    }

    @Test
    void s4LogWhoseDeletionBeganBeforeTheStoreClosesIsNotInTheManifest() throws Exception {
        StoreFixture fixture = open();
        filled(fixture, SMALL, 60);
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();
        fixture.loop.runAll();
        workers.runAll();
        assertThat(closing).as("closed by its loop").isNotDone();

        CompletableFuture<Void> deleted = fixture.store.delete(StoreFixture.ID).toCompletableFuture();
        settle(fixture);

        assertThat(closing).isCompleted();
        assertThat(deleted).isCompleted();
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        assertThat(StoreFixture.open(disk.afterKill(), FOLDER).report.logs()).isZero();
    }

    @Test
    void logDeletedDuringARebuildDoesNotFenceTheFolder() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, SMALL, 5);
        failOneWrite(log);
        Runnable rebuild = workers.takeLast();
        CompletableFuture<Void> deleted = fixture.store.delete(StoreFixture.ID).toCompletableFuture();
        settle(fixture);
        assertThat(deleted).isCompleted();

        rebuild.run();
        settle(fixture);

        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
    }

    private void failOneWrite(PartitionLog log) throws IOException {
        disk.capacity(disk.used());
        log.stage(Batches.from(7, 0, (int) log.endOffset(), "lost"), 0, 1);
        assertThat(log.write()).isInstanceOf(WriteOutcome.Failed.class);
        disk.capacity(Long.MAX_VALUE);
        log.dataFolder().lookAtSpace(StoreConfig.DiskSpace.DEFAULTS);
    }

    /** For flushes whose effect is looked at in another way. */
    private static final class IgnoredFlush implements FlushCallback {
        @Override
        public void onFlushed(long offset) {
            assertThat(offset).isPositive();
        }

        @Override
        public void onFailure(LogFailure failure) {
            assertThat(failure).isInstanceOf(LogFailure.FolderFailed.class);
        }
    }
}
