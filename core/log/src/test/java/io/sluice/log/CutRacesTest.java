package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What workers were busy with when a log is cut must not bring its old end back. */
class CutRacesTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));
    private static final StoreConfig CONFIG = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1));

    private final MemoryDisk disk = new MemoryDisk();
    private final HeldWorkers workers = new HeldWorkers();
    private final List<Object> heard = new ArrayList<>();

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

    private void flush(PartitionLog log) {
        log.flush(new FlushCallback() {
            @Override
            public void onFlushed(long offset) {
                heard.add(offset);
            }

            @Override
            public void onFailure(LogFailure failure) {
                heard.add(failure);
            }
        });
    }

    /** What the workers were given so far: for later. */
    private List<Runnable> holdBack() {
        List<Runnable> held = new ArrayList<>();
        while (workers.count() > 0) {
            held.add(workers.takeLast());
        }
        return held;
    }

    /** Has the log cut the next time that its first segment is read. */
    private void cutAtTheNextRead(StoreFixture fixture, PartitionLog log, long offset) {
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.READ && path.toString().endsWith(LogFiles.segment(0))) {
                disk.faults(MemoryDisk.Faults.NONE);
                log.truncateTo(offset);
                settle(fixture);
                assertThat(log.endOffset()).isEqualTo(offset);
            }
        });
    }

    private static PartitionLog filled(StoreFixture fixture, int records) throws Exception {
        PartitionLog log = fixture.log(SMALL);
        for (int i = 0; i < records; i++) {
            fixture.append(log, Batches.from(7, 0, i, "old-" + i));
        }
        return log;
    }

    private static Staged.Reason refusal(Staged staged) {
        assertThat(staged).isInstanceOf(Staged.Refused.class);
        return ((Staged.Refused) staged).reason();
    }

    @Test
    void s3FlushUnderWayDoesNotMoveTheFlushPointBeyondTheCut() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        settle(fixture);
        flush(log);
        fixture.loop.runAll(); // it is its turn
        Runnable flush = workers.takeLast();

        CompletableFuture<Void> cut = log.truncateTo(15).toCompletableFuture();
        settle(fixture);
        assertThat(cut).as("it waits for the flush").isNotDone();
        flush.run();
        settle(fixture);

        assertThat(cut).isCompleted();
        assertThat(heard).containsExactly(40L);
        assertThat(log.flushedOffset()).isEqualTo(15);
        PartitionLog found = StoreFixture.open(disk.afterPowerLoss(1), FOLDER).log(SMALL);
        assertThat(found.failure()).isEmpty();
        assertThat(found.endOffset()).isEqualTo(15);
    }

    @Test
    void flushAskedForDuringACutIsAnsweredWithTheNewEnd() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        settle(fixture);
        CompletableFuture<Void> cut = log.truncateTo(15).toCompletableFuture();
        flush(log);
        log.flushInBackground();
        settle(fixture);

        assertThat(cut).isCompleted();
        assertThat(heard).containsExactly(15L);
    }

    @Test
    void t1SnapshotUnderWayIsNotLeftBeyondTheCut() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        List<Runnable> snapshots = holdBack();
        assertThat(snapshots).isNotEmpty();

        CompletableFuture<Void> cut = log.truncateTo(3).toCompletableFuture();
        settle(fixture);
        assertThat(cut).isNotDone();
        snapshots.forEach(Runnable::run);
        settle(fixture);

        assertThat(cut).isCompleted();
        assertThat(disk.files())
                .filteredOn(path -> path.toString().endsWith(".snapshot"))
                .allMatch(path -> LogFiles.offset(path.getFileName().toString(), LogFiles.SNAPSHOT)
                                .orElseThrow()
                        <= 3);
    }

    @Test
    void nothingIsTakenOrDeletedWhileALogIsCut() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        settle(fixture);
        CompletableFuture<Void> cut = log.truncateTo(15).toCompletableFuture();
        int steps = 0;
        while (!cut.isDone()) {
            assertThat(refusal(log.stage(Batches.of(1, "x"), 0, 1))).isEqualTo(Staged.Reason.RECOVERING);
            assertThat(refusal(log.stageReplicated(Batches.of(1, "x"), 1))).isEqualTo(Staged.Reason.RECOVERING);
            assertThat(log.deleteRecordsBefore(5).toCompletableFuture()).isCompletedExceptionally();
            assertThat(log.truncateTo(7).toCompletableFuture()).isCompletedExceptionally();
            assertThat(log.resetTo(7).toCompletableFuture()).isCompletedExceptionally();
            log.applyRetention(Long.MAX_VALUE, 40);
            if (workers.count() > 0) {
                workers.takeLast().run();
            }
            fixture.loop.runAll();
            steps++;
        }

        assertThat(steps).isGreaterThan(3);
        assertThat(log.endOffset()).isEqualTo(15);
        assertThat(log.startOffset()).isZero();
    }

    @Test
    void stagedBatchesMakeACutABug() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 4);
        log.stage(Batches.of(1, "x"), 0, 1);

        assertThatThrownBy(() -> log.truncateTo(2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void s13RemovalUnderWayIsWaitedFor() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 60);
        flush(log);
        settle(fixture);
        log.deleteRecordsBefore(20);
        List<Runnable> held = holdBack();
        assertThat(held).as("checkpoint and removal").hasSize(2);
        held.get(0).run();
        CompletableFuture<Void> reset = log.resetTo(100).toCompletableFuture();
        settle(fixture);
        assertThat(reset).isNotDone();
        held.get(1).run();
        settle(fixture);

        assertThat(reset).isCompleted();
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        assertThat(log.startOffset()).isEqualTo(100);
        PartitionLog found = StoreFixture.open(disk.afterPowerLoss(1), FOLDER).log(SMALL);
        assertThat(found.startOffset()).isEqualTo(100);
        assertThat(found.endOffset()).isEqualTo(100);
    }

    @Test
    void s2ScrubTakesACutForNoDamage() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 60);
        flush(log);
        settle(fixture);
        Scrub scrub = new Scrub(fixture.store);
        cutAtTheNextRead(fixture, log, 3);

        for (int i = 0; i < 100; i++) {
            scrub.step(200);
        }

        assertThat(log.endOffset()).isEqualTo(3);
        assertThat(log.failure()).isEmpty();
    }

    /** Its name is still that of the old file: the log would write to that, and it would go. */
    @Test
    void s13ReaderDoesNotMakeTheFileThatTheLogGoesOnIn() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        settle(fixture);
        LogPosition before = log.endPosition();
        CompletableFuture<Void> cut = log.resetTo(0).toCompletableFuture();
        while (log.endOffset() > 0) {
            workers.runAll();
            fixture.loop.runAll();
        }
        assertThat(cut).isNotDone();
        Segment next = log.segments()[0];

        assertThat(next.positionOf(5, 0)).isZero();
        assertThatThrownBy(() -> next.read(0, 10)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> log.read(5, 100, before, true)).isInstanceOf(OffsetOutOfRangeException.class);
        settle(fixture);
        assertThat(cut).isCompleted();
        fixture.append(log, Batches.of(1, "new"));
        flush(log);
        settle(fixture);

        assertThat(StoreFixture.readAll(
                        StoreFixture.open(disk.afterPowerLoss(1), FOLDER).log(SMALL), 0, 100))
                .containsExactly("new");
    }

    @Test
    void s2ScrubThatStoodBeyondTheCutFindsNoDamage() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 60);
        flush(log);
        settle(fixture);
        Scrub scrub = new Scrub(fixture.store);
        scrub.step(300);

        log.truncateTo(1);
        settle(fixture);
        for (int i = 0; i < 100; i++) {
            scrub.step(200);
        }

        assertThat(log.failure()).isEmpty();
    }

    @Test
    void s2ReadAndSearchThatACutOvertakesFindNoDamage() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 60);
        settle(fixture);
        cutAtTheNextRead(fixture, log, 8);
        try (LogSlice slice = log.read(5, 1, log.endPosition(), true)) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
            slice.readInto(bytes, 0);
            assertThat(Batches.values(bytes.flip())).containsExactly("old-5");
        }
        cutAtTheNextRead(fixture, log, 7);
        assertThat(log.maxTimestampOffset()).isPresent();
        cutAtTheNextRead(fixture, log, 3);
        assertThatThrownBy(() -> log.read(5, 1, log.endPosition(), true).close())
                .isInstanceOf(OffsetOutOfRangeException.class);

        assertThat(log.failure()).isEmpty();
    }

    @Test
    void s2ReaderThatWasOvertakenByACutFindsNoDamage() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 60);
        settle(fixture);
        Segment first = log.segments()[0];
        int before = first.size();
        log.truncateTo(3);
        settle(fixture);

        assertThatThrownBy(() -> first.positionOf(5, before)).isInstanceOf(SegmentFile.FileGoneException.class);
        assertThatThrownBy(() -> first.read(0, before)).isInstanceOf(SegmentFile.FileGoneException.class);
        assertThat(log.failure()).isEmpty();
    }

    @Test
    void s4LogThatIsBeingCutIsNotInTheManifest() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        flush(log);
        settle(fixture);
        CompletableFuture<Void> cut = log.truncateTo(15).toCompletableFuture();
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();
        settle(fixture);
        fixture.loop.advanceMs(1_000);
        settle(fixture);

        assertThat(closing).isCompleted();
        assertThat(cut).isCompletedExceptionally();
        StoreFixture again = StoreFixture.open(disk.afterPowerLoss(1), FOLDER);
        assertThat(again.report.corrupt()).isEmpty();
        assertThat(again.log(SMALL).endOffset()).isIn(15L, 40L);
    }

    /** Some of these offsets have an index entry: one that points at the new end must not outlive the cut. */
    @Test
    void s7IndexOfACutThatAShutdownOvertookIsNotTakenForThatOfTheShorterLog() throws Exception {
        for (int offset = 1; offset < 40; offset++) {
            MemoryDisk other = new MemoryDisk();
            StoreFixture first = StoreFixture.open(other, CONFIG, StoreListener.NONE, workers);
            closeWhileCutting(first, offset);

            StoreFixture second = StoreFixture.open(other, CONFIG, StoreListener.NONE, workers);
            PartitionLog log = second.log(SMALL);
            assertThat(log.endOffset()).isEqualTo(40);
            log.truncateTo(offset);
            settle(second);
            assertThat(log.segments()[log.segments().length - 2].maxTimestamp()).isEqualTo(1_000 + offset - 1);
            second.append(log, Batches.of(5_000, "new"));
            flush(log);
            settle(second);
            log.place().parts().checkpoints().request(log);
            settle(second);

            PartitionLog third = StoreFixture.open(other.afterKill(), FOLDER).log(SMALL);
            assertThat(third.failure()).as("cut at " + offset).isEmpty();
            assertThat(third.endOffset()).isEqualTo(offset + 1);
        }
    }

    /** The shutdown comes when the new end is published and the disk has not been told yet. */
    private void closeWhileCutting(StoreFixture fixture, long offset) throws Exception {
        PartitionLog log = fixture.log(SMALL);
        for (int i = 0; i < 40; i++) {
            fixture.append(log, Batches.of(1_000 + i, "old-" + i));
        }
        settle(fixture);
        CompletableFuture<Void> cut = log.truncateTo(offset).toCompletableFuture();
        while (log.endOffset() > offset) {
            workers.runAll();
            fixture.loop.runAll();
        }
        assertThat(cut).isNotDone();
        CompletableFuture<Void> closing = fixture.store.closeCleanly(1).toCompletableFuture();
        settle(fixture);
        fixture.loop.advanceMs(1_000);
        settle(fixture);
        assertThat(closing).isCompleted();
        assertThat(cut).isCompletedExceptionally();
    }

    @Test
    void logDeletedDuringACutFailsItAndNothingElse() throws Exception {
        for (int after = 0; after < 6; after++) {
            MemoryDisk other = new MemoryDisk();
            StoreFixture fixture = StoreFixture.open(other, CONFIG, StoreListener.NONE, workers);
            PartitionLog log = filled(fixture, 40);
            settle(fixture);
            CompletableFuture<Void> cut = log.truncateTo(15).toCompletableFuture();
            for (int step = 0; step < after; step++) {
                if (workers.count() > 0) {
                    workers.takeLast().run();
                }
                fixture.loop.runAll();
            }
            CompletableFuture<Void> deleted =
                    fixture.store.delete(StoreFixture.ID).toCompletableFuture();
            settle(fixture);
            fixture.loop.advanceMs(1_000);
            settle(fixture);

            assertThat(deleted).isCompleted();
            assertThat(cut).isDone();
            if (cut.isCompletedExceptionally()) {
                assertThatThrownBy(cut::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCauseInstanceOf(LogException.class);
            }
            assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        }
    }

    @Test
    void newLeadersEpochOutlivesACutThatWasUnderWay() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture, 40);
        settle(fixture);
        CompletableFuture<Void> cut = log.truncateTo(15).toCompletableFuture();
        while (log.endOffset() > 15) {
            workers.runAll();
            fixture.loop.runAll();
        }
        assertThat(cut).isNotDone();
        log.beginEpoch(9);
        settle(fixture);

        assertThat(cut).isCompleted();
        assertThat(log.leaderEpochs()).containsExactly(new EpochStart(0, 0), new EpochStart(9, 15));
    }
}
