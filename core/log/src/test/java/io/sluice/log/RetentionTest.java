package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));

    private final MemoryDisk disk = new MemoryDisk();

    /** One record a batch, the i-th at time 1000 + i. */
    private static PartitionLog filled(StoreFixture fixture, LogConfig config, int records) throws Exception {
        PartitionLog log = fixture.log(config);
        for (int i = 0; i < records; i++) {
            fixture.append(log, Batches.of(1000 + i, "value-" + i));
        }
        return log;
    }

    private static LogConfig retaining(long bytes, long ms) {
        return SMALL.withRetention(new LogConfig.Retention(true, false, bytes, ms, 100));
    }

    @Test
    void s13TimeRemovesWholeSegmentsBelowTheHighWatermarkOnly() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(-1, 50), 60);
        long second = log.segments()[1].base();
        long third = log.segments()[2].base();

        log.applyRetention(100_000, third - 1);
        assertThat(log.startOffset()).isEqualTo(second);

        log.applyRetention(100_000, third);
        assertThat(log.startOffset()).isEqualTo(third);
        assertThatThrownBy(() -> log.read(third - 1, 100, log.endPosition(), true))
                .isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(StoreFixture.readAll(log, third, 300)).hasSize((int) (60 - third));
    }

    /** A log that was loaded has default settings, until its topic's are known. */
    @Test
    void s13NothingIsRemovedBeforeTheHighWatermarkIsTold() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(-1, -1), 60);
        log.highWatermark(60);
        fixture.join(fixture.store.closeCleanly(1));
        for (MemoryDisk machine : List.of(disk.copy(), disk.afterPowerLoss(1))) {
            StoreFixture again = StoreFixture.open(machine, FOLDER);
            PartitionLog found = again.store.find(StoreFixture.ID).orElseThrow();
            assertThat(found.checkpointedHighWatermark()).isEqualTo(60);
            again.store.start();

            again.loop.advanceMs(700_000);

            assertThat(found.startOffset()).isZero();
            assertThat(found.segments()).hasSizeGreaterThan(2);
            again.store.close();
        }
    }

    @Test
    void timeKeepsSegmentsWithAYoungRecord() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(-1, 50), 60);
        long second = log.segments()[1].base();

        log.applyRetention(1000 + second - 1 + 50, 60);
        assertThat(log.startOffset()).isZero();

        log.applyRetention(1000 + second + 50, 60);
        assertThat(log.startOffset()).isEqualTo(second);
    }

    @Test
    void sizeKeepsAtLeastWhatIsAsked() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(1500, -1), 60);
        long segment = log.segments()[0].size();

        log.applyRetention(0, 60);

        assertThat(log.sizeBytes()).isGreaterThanOrEqualTo(1500).isLessThan(1500 + segment);
    }

    @Test
    void allOutlivedLogKeepsItsEndOffsetEvenAfterAPowerLoss() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(-1, 50), 60);
        fixture.flush(log);

        log.applyRetention(1_000_000, 60);
        fixture.loop.runAll();

        assertThat(log.startOffset()).isEqualTo(60);
        assertThat(log.sizeBytes()).isZero();
        for (int seed = 0; seed < 20; seed++) {
            StoreFixture again = StoreFixture.open(disk.afterPowerLoss(seed), FOLDER);
            assertThat(again.log(SMALL).endOffset()).as("seed " + seed).isEqualTo(60);
            assertThat(again.append(again.log(SMALL), Batches.of(1, "next"))).isEqualTo(new Staged.Ok(60, 60, -1));
        }
        fixture.append(log, Batches.of(1, "next"));
        assertThat(StoreFixture.readAll(log, 60, 100)).containsExactly("next");
    }

    @Test
    void deletedRecordsStayDeletedAndFilesGoAfterTheDelay() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        fixture.store.start();
        PartitionLog log = filled(fixture, retaining(-1, -1), 60);
        int segments = log.segments().length;

        log.deleteRecordsBefore(33);
        fixture.loop.runAll();

        assertThat(log.startOffset()).isEqualTo(33);
        assertThat(log.segments().length).isLessThan(segments);
        assertThat(StoreFixture.readAll(log, 33, 300)).hasSize(27).startsWith("value-33");
        assertThat(disk.files()).anyMatch(path -> path.toString().endsWith(".deleted"));
        log.deleteRecordsBefore(10);
        assertThat(log.startOffset()).isEqualTo(33);
        fixture.flush(log);
        fixture.loop.advanceMs(31_000);
        assertThat(disk.files()).noneMatch(path -> path.toString().endsWith(".deleted"));
        fixture.store.close();
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(again.log(SMALL).startOffset()).isEqualTo(33);
    }

    @Test
    void s13SliceOutlivesItsSegment() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        fixture.store.start();
        PartitionLog log = filled(fixture, retaining(-1, -1), 60);
        LogSlice slice = log.read(0, 10_000, log.endPosition(), true);
        ByteBuffer before = ByteBuffer.allocate(slice.bytes());
        slice.readInto(before, 0);

        log.deleteRecordsBefore(60);
        fixture.loop.advanceMs(5_000);

        ByteBuffer after = ByteBuffer.allocate(slice.bytes());
        slice.readInto(after, 0);
        assertThat(after.flip()).isEqualTo(before.flip());
        slice.close();
        assertThatThrownBy(slice::close).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void segmentRollsByAge() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1 << 20, 1_000, 4096)));
        fixture.append(log, Batches.of(1, "a"));
        fixture.loop.advanceMs(999);
        fixture.append(log, Batches.of(1, "b"));
        assertThat(log.segments()).hasSize(1);

        fixture.loop.advanceMs(1);
        fixture.append(log, Batches.of(1, "c"));

        assertThat(log.segments()).hasSize(2);
        assertThat(StoreFixture.readAll(log, 0, 1000)).containsExactly("a", "b", "c");
    }

    @Test
    void timestampsAreFoundAcrossSegments() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(SMALL);
        List<Long> times = new ArrayList<>();
        long[] steps = {5, -3, 0, 12, 1, -7, 30};
        long time = 1000;
        for (int i = 0; i < 70; i++) {
            time += steps[i % steps.length];
            times.add(time);
            fixture.append(log, Batches.of(time, "value-" + i));
        }
        for (long wanted = 990; wanted < time + 50; wanted++) {
            int expected = -1;
            for (int i = times.size() - 1; i >= 0; i--) {
                expected = times.get(i) >= wanted ? i : expected;
            }
            if (expected < 0) {
                assertThat(log.offsetForTimestamp(wanted)).isEmpty();
            } else {
                assertThat(log.offsetForTimestamp(wanted))
                        .contains(new TimestampedOffset(expected, times.get(expected), 0));
            }
        }
        long max = times.stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(log.maxTimestampOffset()).contains(new TimestampedOffset(times.indexOf(max), max, 0));
    }

    @Test
    void timestampWithinABatchIsFound() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        fixture.append(log, Records.batch(Codec.LZ4, Batches.records(1000, "a", "b", "c")));

        assertThat(log.offsetForTimestamp(1001)).contains(new TimestampedOffset(1, 1001, 0));
        assertThat(log.maxTimestampOffset()).contains(new TimestampedOffset(2, 1002, 0));
        log.deleteRecordsBefore(2);
        assertThat(log.offsetForTimestamp(0)).contains(new TimestampedOffset(2, 1002, 0));
    }

    @Test
    void s12DeletedRecordsStayDeletedThroughAKillAndAPowerLoss() throws Exception {
        for (int seed = 0; seed < 8; seed++) {
            MemoryDisk own = new MemoryDisk();
            StoreFixture fixture = StoreFixture.open(own, FOLDER);
            PartitionLog log = filled(fixture, retaining(-1, -1), 60);

            fixture.join(log.deleteRecordsBefore(33));

            StoreFixture after = StoreFixture.open(seed == 0 ? own.copy() : own.afterPowerLoss(seed), FOLDER);
            assertThat(after.log(SMALL).startOffset()).as("seed " + seed).isEqualTo(33);
            assertThat(StoreFixture.readAll(after.log(SMALL), 33, 500)).startsWith("value-33");
        }
    }

    @Test
    void s12HighWatermarkAtLoadIsNotBeyondTheEnd() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(-1, 50), 60);
        log.highWatermark(60);
        fixture.flush(log);
        fixture.store.close();

        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        PartitionLog found = again.log(retaining(-1, 50));

        assertThat(found.highWatermark()).isLessThanOrEqualTo(found.endOffset());
        again.store.start();
        again.loop.advanceMs(600_000);
        assertThat(found.startOffset())
                .as("retention waits to be told what is replicated")
                .isZero();
    }

    @Test
    void s13ReadThatWasOvertakenByARemovalIsOutOfRange() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, retaining(-1, -1), 60);
        Segment[] all = log.segments();
        SegmentList trimmed = new SegmentList(List.of(all).subList(2, all.length));

        assertThatThrownBy(() -> new LogReader(log, trimmed).read(3, 500, log.endPosition(), true))
                .isInstanceOfSatisfying(OffsetOutOfRangeException.class, e -> assertThat(e.startOffset())
                        .isEqualTo(all[2].base()));
    }

    @Test
    void s13SearchByTimeThatIsOvertakenByARemovalLooksAgain() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        fixture.store.start();
        PartitionLog log = filled(fixture, retaining(-1, -1), 60);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.READ && path.toString().endsWith("00000000000000000000.log")) {
                disk.faults(MemoryDisk.Faults.NONE);
                log.deleteRecordsBefore(55);
                fixture.loop.advanceMs(5_000);
            }
        });

        assertThat(log.maxTimestampOffset()).contains(new TimestampedOffset(59, 1059, 0));
        assertThat(log.startOffset()).as("it was overtaken").isEqualTo(55);
    }

    @Test
    void s9RemovalGoesOnWhenTheFullDiskHasSpaceAgain() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        fixture.store.start();
        PartitionLog log = filled(fixture, retaining(-1, 50), 60);
        fixture.flush(log);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.CREATE && path.toString().endsWith(".log")) {
                throw new IOException("No space left on device");
            }
        });
        log.applyRetention(1_000_000, 60);
        fixture.loop.advanceMs(2_000);
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        assertThat(disk.files()).noneMatch(path -> path.toString().endsWith(".deleted"));

        disk.faults(MemoryDisk.Faults.NONE);
        fixture.loop.advanceMs(3_000);

        assertThat(log.sizeBytes()).isZero();
        assertThat(disk.files())
                .filteredOn(path -> path.toString().endsWith(".log"))
                .containsExactly(log.path().resolve(LogFiles.segment(60)));
    }

    @Test
    void segmentRollsByAgeThoughTheClockWasPutBack() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1 << 20, 1_000, 4096)));
        long now = fixture.loop.clock().wallMs();
        long[] clock = {now + 1_000_000_000, now, now + 999, now + 1_000};
        int[] segments = {1, 1, 1, 2};
        for (int i = 0; i < clock.length; i++) {
            log.stage(Batches.of(1, "value-" + i), 0, clock[i]);
            assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
            assertThat(log.segments()).as("append " + i).hasSize(segments[i]);
        }
    }

    @Test
    void jitterPutsTheRollForwardWithinItsBound() {
        LogConfig.Roll roll = new LogConfig.Roll(1 << 20, 1_000, 300, 4096);
        Set<Long> ages = new HashSet<>();
        for (int partition = 0; partition < 200; partition++) {
            LogId id = new LogId(StoreFixture.ID.topicId(), "topic", partition);
            long age = roll.agedOutMs(id, 0);
            assertThat(age).isBetween(700L, 1_000L).isEqualTo(roll.agedOutMs(id, 0));
            ages.add(age);
        }
        assertThat(ages).hasSizeGreaterThan(100);
        assertThat(new LogConfig.Roll(1 << 20, 5, Long.MAX_VALUE, 1).agedOutMs(StoreFixture.ID, 7))
                .isBetween(1L, 5L);
    }

    @Test
    void likelyCachedFollowsTheBytesAppendedSince() throws Exception {
        StoreConfig config =
                StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1)).withCachedBytes(3_000);
        StoreFixture fixture = StoreFixture.open(disk, config, StoreListener.NONE);
        PartitionLog log = filled(fixture, SMALL, 60);

        try (LogSlice old = log.read(0, 300, log.endPosition(), true);
                LogSlice young = log.read(58, 300, log.endPosition(), true)) {
            assertThat(old.likelyCached()).isFalse();
            assertThat(young.likelyCached()).isTrue();
            old.warm();
            assertThat(old.likelyCached()).isTrue();
        }
    }
}
