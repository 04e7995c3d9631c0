package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FailureTest {
    private static final Path FOLDER = Path.of("/data");
    private static final StoreIdentity IDENTITY = new StoreIdentity("cluster", 1);
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));

    private final MemoryDisk disk = new MemoryDisk();
    private final List<String> heard = new ArrayList<>();
    private final StoreListener listener = new StoreListener() {
        @Override
        public void onFolderFailed(Path folder, String cause) {
            heard.add("failed");
        }

        @Override
        public void onDiskSpace(Path folder, boolean low) {
            heard.add(low ? "low" : "room");
        }
    };

    private StoreFixture open(StoreConfig.DiskSpace space) throws StoreException {
        StoreConfig config = StoreConfig.of(List.of(FOLDER), IDENTITY).withSpace(space);
        return StoreFixture.open(disk, config, listener);
    }

    private StoreFixture open() throws StoreException {
        return open(StoreConfig.DiskSpace.DEFAULTS);
    }

    private static Staged stage(StoreFixture fixture, PartitionLog log, String value) {
        return log.stage(Batches.of(1000, value), 0, fixture.loop.clock().wallMs());
    }

    private static Staged.Reason refusal(Staged staged) {
        assertThat(staged).isInstanceOf(Staged.Refused.class);
        return ((Staged.Refused) staged).reason();
    }

    @Test
    void s8OneFailedFsyncTakesTheFolderOutOfServiceForGood() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.log();
        PartitionLog other = fixture.store.openOrCreate(new LogId(StoreFixture.ID.topicId(), "topic", 1), SMALL);
        fixture.append(log, Batches.of(1000, "a"));
        AtomicInteger syncs = new AtomicInteger();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && syncs.incrementAndGet() == 1) {
                throw new IOException("Input/output error");
            }
        });

        Object outcome = fixture.flush(log);

        assertThat(outcome).isInstanceOf(LogFailure.FolderFailed.class);
        assertThat(fixture.flush(log)).as("a second try must not succeed").isInstanceOf(LogFailure.FolderFailed.class);
        assertThat(syncs).as("nothing is synced again").hasValue(1);
        assertThat(log.flushedOffset()).isZero();
        assertThat(refusal(stage(fixture, log, "b"))).isEqualTo(Staged.Reason.UNAVAILABLE);
        assertThat(refusal(stage(fixture, other, "b"))).isEqualTo(Staged.Reason.UNAVAILABLE);
        assertThat(heard).containsExactly("failed");
        assertThat(fixture.store.folderFailure(FOLDER)).isPresent();
        assertThat(StoreFixture.readAll(log, 0, 100)).as("reads go on").containsExactly("a");
    }

    @Test
    void s8FailedFsyncLeavesNoManifest() throws Exception {
        StoreFixture fixture = open();
        fixture.append(fixture.log(), Batches.of(1000, "a"));
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                throw new IOException("Input/output error");
            }
        });
        fixture.join(fixture.store.closeCleanly(1));

        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(again.report.clean()).isFalse();
        assertThat(again.log().endOffset()).isEqualTo(1);
    }

    @Test
    void s8IndexThatCannotBeCutTakesTheFolderOutOfService() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.log(SMALL);
        for (int i = 0; i < 40; i++) {
            fixture.append(log, Batches.of(1000 + i, "value-" + i));
        }
        fixture.join(fixture.store.closeCleanly(1));
        Path index = disk.files().stream()
                .filter(path -> path.toString().endsWith(".index"))
                .findFirst()
                .orElseThrow();
        disk.rot(index, new byte[5000]);
        StoreFixture again = open();
        PartitionLog found = again.log(SMALL);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.equals(index)) {
                throw new IOException("Input/output error");
            }
        });

        assertThatThrownBy(() -> found.read(0, 100, found.endPosition(), true)).isInstanceOf(LogException.class);

        assertThat(again.store.folderFailure(FOLDER)).isPresent();
        assertThat(refusal(stage(again, found, "b"))).isEqualTo(Staged.Reason.UNAVAILABLE);
    }

    @Test
    void r24FailedWriteFencesTheLog() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.log();
        fixture.append(log, Batches.of(1000, "a"));
        AtomicInteger writes = new AtomicInteger();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.WRITE && writes.incrementAndGet() == 1) {
                throw new IOException("Input/output error");
            }
        });
        stage(fixture, log, "b");

        assertThat(log.write()).isInstanceOf(WriteOutcome.Failed.class);
        assertThat(refusal(stage(fixture, log, "c"))).isEqualTo(Staged.Reason.UNAVAILABLE);
        assertThat(log.endOffset()).isEqualTo(1);
        assertThat(log.stagedEndOffset()).isEqualTo(1);
    }

    @Test
    void s9FullDiskCutsBackAndServesAgainWhenSpaceReturns() throws Exception {
        StoreFixture fixture = open(new StoreConfig.DiskSpace(0, 0, 1_000));
        fixture.store.start();
        PartitionLog log = fixture.log(SMALL);
        fixture.append(log, Batches.from(7, 0, 0, "first"));
        disk.capacity(disk.used() + 150);
        fixture.loop.runAll();
        log.stage(Batches.from(7, 0, 1, "x".repeat(60)), 0, 1);
        log.stage(Batches.from(7, 0, 2, "y".repeat(60)), 0, 1);

        WriteOutcome outcome = log.write();

        assertThat(outcome).isEqualTo(new WriteOutcome.Failed(new LogFailure.DiskFull(FOLDER)));
        assertThat(log.endOffset()).isEqualTo(1);
        assertThat(refusal(stage(fixture, log, "z"))).isIn(Staged.Reason.RECOVERING, Staged.Reason.DISK_FULL);
        assertThat(StoreFixture.readAll(log, 0, 100)).containsExactly("first");
        fixture.loop.runAll();
        assertThat(refusal(stage(fixture, log, "z"))).isEqualTo(Staged.Reason.DISK_FULL);

        disk.capacity(Long.MAX_VALUE);
        fixture.loop.advanceMs(1_500);

        assertThat(heard).containsExactly("low", "room");
        assertThat(fixture.append(log, Batches.from(7, 0, 1, "x"))).isEqualTo(new Staged.Ok(1, 1, -1));
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        fixture.store.close();
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(again.report.cuts()).isEmpty();
        assertThat(StoreFixture.readAll(again.log(SMALL), 0, 100)).containsExactly("first", "x");
    }

    @Test
    void s6SegmentWhoseFirstWriteFailedIsSafeOnceTheManifestNamesIt() throws Exception {
        StoreFixture fixture = open(new StoreConfig.DiskSpace(0, 0, 1_000));
        PartitionLog log = fixture.log(SMALL);
        fixture.append(log, Batches.of(1000, "x".repeat(400)));
        assertThat(fixture.flush(log)).isEqualTo(1L);
        disk.capacity(disk.used());
        stage(fixture, log, "x".repeat(400));
        assertThat(log.write()).isInstanceOf(WriteOutcome.Failed.class);
        assertThat(log.segments()).as("it rolled").hasSize(2);
        disk.capacity(Long.MAX_VALUE);
        fixture.join(fixture.store.closeCleanly(1));

        for (int seed = 0; seed < 20; seed++) {
            StoreFixture again = StoreFixture.open(disk.afterPowerLoss(seed), FOLDER);

            assertThat(again.report.clean()).isTrue();
            assertThat(stage(again, again.log(SMALL), "next")).isEqualTo(new Staged.Ok(1, 1, -1));
            assertThat(again.log(SMALL).write()).as("seed " + seed).isEqualTo(WriteOutcome.WRITTEN);
        }
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        again.append(again.log(SMALL), Batches.of(1000, "flushed"));
        assertThat(again.flush(again.log(SMALL))).isEqualTo(2L);
        for (int seed = 0; seed < 20; seed++) {
            StoreFixture third = StoreFixture.open(disk.afterPowerLoss(seed), FOLDER);
            assertThat(third.log(SMALL).endOffset()).as("seed " + seed).isEqualTo(2);
        }
    }

    @Test
    void s9SoftLimitRefusesProducersButNotTheBrokersOwnLogs() throws Exception {
        disk.capacity(1 << 20);
        StoreFixture fixture = open(new StoreConfig.DiskSpace(100_000, 0, 1_000));
        fixture.store.start();
        PartitionLog log = fixture.log();
        PartitionLog internal = fixture.store.openOrCreate(
                new LogId(StoreFixture.ID.topicId(), "__offsets", 1), LogConfig.DEFAULTS.asInternal());
        fixture.append(log, Batches.of(1000, "a"));

        disk.capacity(disk.used() + 60_000);
        fixture.loop.advanceMs(1_000);

        assertThat(refusal(stage(fixture, log, "b"))).isEqualTo(Staged.Reason.DISK_FULL);
        assertThat(stage(fixture, internal, "b")).isInstanceOf(Staged.Ok.class);
        assertThat(internal.write()).isEqualTo(WriteOutcome.WRITTEN);

        disk.capacity(1 << 20);
        fixture.loop.advanceMs(1_000);

        assertThat(stage(fixture, log, "b")).isInstanceOf(Staged.Ok.class);
        assertThat(heard).containsExactly("low", "room");
    }

    @Test
    void s9SoftLimitHoldsBetweenTwoLooks() throws Exception {
        disk.capacity(1 << 20);
        StoreFixture fixture = open(new StoreConfig.DiskSpace(100_000, 0, 1_000));
        PartitionLog log = fixture.log();
        Staged staged = stage(fixture, log, "x".repeat(9_000));

        for (int i = 0; i < 200 && staged instanceof Staged.Ok; i++) {
            assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
            staged = stage(fixture, log, "x".repeat(9_000));
        }

        assertThat(refusal(staged)).isEqualTo(Staged.Reason.DISK_FULL);
        assertThat(disk.used()).isBetween((1L << 20) - 130_000, (1L << 20) - 80_000);
    }

    @Test
    void s11ShortWritesAreContinued() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.log();
        disk.mostPerWrite(7);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String value = i % 4 == 0 ? "x".repeat(9_000) : "value-" + i;
            stage(fixture, log, value);
            expected.add(value);
        }

        assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
        assertThat(StoreFixture.readAll(log, 0, 1 << 20)).isEqualTo(expected);
    }

    @Test
    void s15FolderOfAnotherBrokerIsNotOpened() throws Exception {
        open().store.close();
        disk.afterKill();

        assertThatThrownBy(() -> StoreFixture.open(
                        disk, StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 2)), listener))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.FOREIGN))
                .hasMessageContaining("node.id=1");
        assertThatThrownBy(() -> StoreFixture.open(
                        disk, StoreConfig.of(List.of(FOLDER), new StoreIdentity("other", 1)), listener))
                .isInstanceOf(StoreException.class);
        StoreFixture.open(disk, FOLDER).store.close();
    }

    @Test
    void s15FolderInUseIsNotOpened() throws Exception {
        open();

        assertThatThrownBy(this::open).isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.reason())
                .isEqualTo(StoreException.Reason.IN_USE));
    }

    @Test
    void unwritableFolderIsSaid() {
        disk.faults((op, path) -> {
            throw new IOException("Permission denied");
        });

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.INACCESSIBLE))
                .hasMessageContaining("/data");
    }

    @Test
    void s10TooManyOpenFilesClosesIdleOnes() throws Exception {
        StoreConfig config = StoreConfig.of(List.of(FOLDER), IDENTITY).withMaxOpenFiles(8);
        StoreFixture fixture = StoreFixture.open(disk, config, listener);
        for (int partition = 0; partition < 50; partition++) {
            PartitionLog log =
                    fixture.store.openOrCreate(new LogId(StoreFixture.ID.topicId(), "topic", partition), SMALL);
            fixture.append(log, Batches.of(1000, "value-" + partition));
            assertThat(fixture.store.openFiles()).isLessThanOrEqualTo(9);
        }
        for (PartitionLog log : fixture.store.logs()) {
            assertThat(StoreFixture.readAll(log, 0, 100))
                    .containsExactly("value-" + log.id().partition());
            assertThat(fixture.store.openFiles()).isLessThanOrEqualTo(9);
        }
        AtomicInteger refusals = new AtomicInteger();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.OPEN && refusals.getAndIncrement() == 0) {
                throw new IOException("/data/x: Too many open files");
            }
        });
        for (PartitionLog log : fixture.store.logs()) {
            assertThat(StoreFixture.readAll(log, 0, 100)).hasSize(1);
        }
    }

    @Test
    void s10LackOfDescriptorsRefusesAndPassesByItself() throws Exception {
        StoreConfig config = StoreConfig.of(List.of(FOLDER), IDENTITY).withMaxOpenFiles(1);
        StoreFixture fixture = StoreFixture.open(disk, config, listener);
        fixture.store.start();
        PartitionLog log = fixture.log(SMALL);
        PartitionLog other = fixture.store.openOrCreate(new LogId(StoreFixture.ID.topicId(), "topic", 1), SMALL);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            values.add("value-" + i);
            fixture.append(log, Batches.from(7, 0, i, "value-" + i));
        }
        fixture.append(other, Batches.of(1000, "takes the one descriptor"));
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.OPEN || op == MemoryDisk.Op.CREATE || op == MemoryDisk.Op.SYNC_FOLDER) {
                throw new IOException(path + ": Too many open files");
            }
        });
        List<Object> flushed = new ArrayList<>();
        log.flush(new FlushCallback() {
            @Override
            public void onFlushed(long offset) {
                flushed.add(offset);
            }

            @Override
            public void onFailure(LogFailure failure) {
                flushed.add(failure);
            }
        });
        assertThat(log.stage(Batches.from(7, 0, 40, "later"), 0, 1)).isEqualTo(new Staged.Ok(40, 40, -1));
        assertThat(log.write()).isEqualTo(new WriteOutcome.Failed(new LogFailure.OutOfDescriptors(FOLDER)));
        assertThat(refusal(stage(fixture, log, "x"))).isEqualTo(Staged.Reason.RECOVERING);
        fixture.loop.advanceMs(40_000);
        assertThat(flushed).as("nothing is said to be flushed").isEmpty();
        assertThat(log.flushedOffset()).isZero();

        disk.faults(MemoryDisk.Faults.NONE);
        fixture.loop.advanceMs(2_000);

        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        assertThat(flushed).containsExactly(40L);
        assertThat(fixture.append(log, Batches.from(7, 0, 40, "later"))).isEqualTo(new Staged.Ok(40, 40, -1));
        values.add("later");
        assertThat(StoreFixture.readAll(log, 0, 500)).isEqualTo(values);
        fixture.store.close();
        PartitionLog again = StoreFixture.open(disk.afterKill(), FOLDER).log(SMALL);
        assertThat(StoreFixture.readAll(again, 0, 500)).isEqualTo(values);
    }

    @Test
    void groupCommitServesAllWaitersWithFewFsyncs() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.log();
        AtomicInteger syncs = new AtomicInteger();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC) {
                syncs.incrementAndGet();
            }
        });
        List<Long> flushed = new ArrayList<>();
        appendAndFlush(fixture, log, flushed);
        fixture.loop.execute(
                () -> { // while the first flush is in flight
                    for (int i = 1; i < 10; i++) {
                        appendAndFlush(fixture, log, flushed);
                    }
                });
        fixture.loop.runAll();

        assertThat(flushed).hasSize(10).startsWith(1L).endsWith(10L).isSorted();
        assertThat(syncs).hasValue(2);
        assertThat(log.flushedOffset()).isEqualTo(10);
    }

    @Test
    void logsOfOneTurnAreFlushedInOneRound() throws Exception {
        StoreFixture fixture = open();
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            logs.add(fixture.store.openOrCreate(new LogId(StoreFixture.ID.topicId(), "topic", i), SMALL));
        }
        List<String> events = new ArrayList<>();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                events.add("sync");
            }
        });
        List<Long> flushed = new ArrayList<>();
        appendAndFlush(fixture, logs.get(0), flushed);
        appendAndFlush(fixture, logs.get(1), flushed);
        fixture.loop.execute(
                () -> { // the first round is in flight
                    events.add("late");
                    appendAndFlush(fixture, logs.get(2), flushed);
                    appendAndFlush(fixture, logs.get(0), flushed);
                });

        fixture.loop.runAll();

        assertThat(events).containsExactly("late", "sync", "sync", "sync", "sync");
        assertThat(flushed).containsExactly(1L, 1L, 1L, 2L);
    }

    private static void appendAndFlush(StoreFixture fixture, PartitionLog log, List<Long> flushed) {
        fixture.append(log, Batches.of(1000, "value"));
        log.flush(new FlushCallback() {
            @Override
            public void onFlushed(long offset) {
                flushed.add(offset);
            }

            @Override
            public void onFailure(LogFailure failure) {
                throw new AssertionError(failure.message());
            }
        });
    }

    @Test
    void deletedLogIsGoneAndItsSuccessorNeverMeetsItsFiles() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.log();
        fixture.append(log, Batches.of(1000, "old"));
        LogSlice slice = log.read(0, 100, log.endPosition(), true);

        fixture.join(fixture.store.delete(StoreFixture.ID));

        assertThatThrownBy(() -> log.read(0, 100, log.endPosition(), true)).isInstanceOf(LogException.class);
        assertThat(refusal(stage(fixture, log, "b"))).isEqualTo(Staged.Reason.UNAVAILABLE);
        assertThat(slice.readInto(ByteBuffer.allocate(1000), 0)).isPositive();
        slice.close();
        PartitionLog successor = fixture.log();
        assertThat(successor.endOffset()).isZero();
        fixture.append(successor, Batches.of(1000, "new"));
        fixture.store.close();
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(again.report.logs()).isEqualTo(1);
        assertThat(StoreFixture.readAll(again.log(), 0, 100)).containsExactly("new");
    }

    @Test
    void logDeletedAgainBeforeItsPredecessorIsGoneDoesNotFenceTheFolder() throws Exception {
        StoreFixture fixture = open();
        for (String life : List.of("first", "second", "third")) {
            fixture.append(fixture.log(), Batches.of(1000, life));
            fixture.join(fixture.store.delete(StoreFixture.ID));
        }

        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        assertThat(fixture.log().endOffset()).isZero();
        fixture.join(fixture.store.closeCleanly(1));
        assertThat(disk.names(FOLDER)).noneMatch(name -> name.endsWith(LogFiles.DELETED));
    }
}
