package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A follower's log gives up records that its leader does not have. */
class TruncationTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));
    private static final LogConfig LARGE =
            LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 200));

    private final MemoryDisk disk = new MemoryDisk();

    /** One record a batch, the i-th of producer 7 with sequence i. */
    private static PartitionLog filled(StoreFixture fixture, LogConfig config, int records) throws Exception {
        PartitionLog log = fixture.log(config);
        appendTo(fixture, log, records, "old");
        return log;
    }

    private static void appendTo(StoreFixture fixture, PartitionLog log, long end, String word) {
        for (long i = log.endOffset(); i < end; i++) {
            assertThat(fixture.append(log, Batches.from(7, 0, (int) i, word + "-" + i)))
                    .isEqualTo(new Staged.Ok(i, i, -1));
        }
    }

    private static List<String> values(String word, long from, long to) {
        return LongStream.range(from, to).mapToObj(i -> word + "-" + i).toList();
    }

    private static List<String> read(PartitionLog log) throws Exception {
        return StoreFixture.readAll(log, log.startOffset(), 300);
    }

    private static LogSlice slice(PartitionLog log, long offset) throws Exception {
        return log.read(offset, 1 << 20, log.endPosition(), true);
    }

    private static ByteBuffer bytesOf(LogSlice slice) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
        slice.readInto(bytes, 0);
        return bytes.flip();
    }

    @Test
    void r6EveryOffsetIsCutToTheBoundaryAtOrBelowIt() throws Exception {
        for (int offset = 0; offset <= 24; offset++) {
            StoreFixture fixture = StoreFixture.open(new MemoryDisk(), FOLDER);
            PartitionLog log = fixture.log(SMALL);
            for (int i = 0; i < 8; i++) {
                fixture.append(log, Batches.from(7, 0, 3 * i, "a-" + i, "b-" + i, "c-" + "x".repeat(40)));
            }
            assertThat(log.segments().length).isGreaterThan(1);

            fixture.join(log.truncateTo(offset));

            long end = offset / 3 * 3;
            assertThat(log.endOffset()).as("cut to " + offset).isEqualTo(end).isEqualTo(log.stagedEndOffset());
            assertThat(read(log)).hasSize((int) end);
            assertThat(fixture.append(log, Batches.from(7, 0, (int) end, "new")))
                    .isEqualTo(new Staged.Ok(end, end, -1));
            assertThat(read(log)).hasSize((int) end + 1).endsWith("new");
            fixture.store.close();
        }
    }

    @Test
    void r6OldTailNeverComesBackAfterACut() throws Exception {
        tailStaysAway(false);
    }

    @Test
    void r6OldTailThatWasFlushedNeverComesBackAfterACut() throws Exception {
        tailStaysAway(true);
    }

    private static void tailStaysAway(boolean flushedBefore) throws Exception {
        for (int end = 0; end <= 30; end += 3) {
            MemoryDisk machine = new MemoryDisk();
            StoreFixture fixture = StoreFixture.open(machine, FOLDER);
            PartitionLog log = filled(fixture, SMALL, 30);
            if (flushedBefore) {
                fixture.flush(log);
            }
            fixture.join(log.truncateTo(end));
            assertThat(fixture.flush(log)).isEqualTo((long) end);

            for (int seed = 0; seed < 5; seed++) {
                StoreFixture again = StoreFixture.open(machine.afterPowerLoss(seed), FOLDER);
                assertThat(again.report.corrupt()).isEmpty();
                assertThat(read(again.log(SMALL))).isEqualTo(values("old", 0, end));
                assertThat(again.log(SMALL).endOffset()).isEqualTo(end);
            }
        }
    }

    @Test
    void nothingToCutLeavesAllAsItIs() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 10);
        int segments = log.segments().length;

        assertThat(log.truncateTo(10).toCompletableFuture()).isCompleted();
        assertThat(log.truncateTo(500).toCompletableFuture()).isCompleted();

        assertThat(log.endOffset()).isEqualTo(10);
        assertThat(log.segments()).hasSize(segments);
    }

    @Test
    void r7EpochsThatBeginAtTheCutOrLaterGoEvenIfNoRecordDoes() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(SMALL);
        for (int i = 0; i < 20; i++) {
            log.stage(Batches.of(i, "v-" + i), i < 10 ? 1 : 4, 1);
        }
        log.write();
        log.beginEpoch(6);

        fixture.join(log.truncateTo(20));
        assertThat(log.leaderEpochs()).containsExactly(new EpochStart(1, 0), new EpochStart(4, 10));
        fixture.join(log.truncateTo(10));
        assertThat(log.leaderEpochs()).containsExactly(new EpochStart(1, 0));
        assertThat(log.endOfEpoch(4)).isEqualTo(new EpochEnd(1, 10));

        StoreFixture again = StoreFixture.open(disk.afterPowerLoss(3), FOLDER);
        assertThat(again.log(SMALL).latestEpoch()).isLessThanOrEqualTo(1);
    }

    /** Or a leader that has the records of epoch 1 there would say later that its epoch 1 ends too early. */
    @Test
    void r7EpochThatWasCutIsNotFoundAgainAfterACrash() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(SMALL);
        for (int i = 0; i < 20; i++) {
            log.stage(Batches.of(i, "v-" + i), i < 10 ? 1 : 2, 1);
        }
        log.write();
        fixture.flush(log);
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture second = StoreFixture.open(disk.afterKill(), FOLDER);
        log = second.log(SMALL);
        second.join(log.truncateTo(10));
        for (int i = 10; i < 15; i++) {
            log.stage(Batches.of(i, "w-" + i), 1, 1);
        }
        log.write();
        second.store.close();

        StoreFixture third = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(third.log(SMALL).leaderEpochs()).containsExactly(new EpochStart(1, 0));
        assertThat(third.log(SMALL).endOfEpoch(1)).isEqualTo(new EpochEnd(1, 15));
    }

    @Test
    void belowTheStartTheLogBeginsAnew() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        fixture.flush(log);
        fixture.join(log.deleteRecordsBefore(20));

        fixture.join(log.truncateTo(12));

        assertThat(log.startOffset()).isEqualTo(12);
        assertThat(log.endOffset()).isEqualTo(12);
        fixture.append(log, Batches.of(1, "new"));
        assertThat(read(log)).containsExactly("new");
        fixture.flush(log);
        PartitionLog found = StoreFixture.open(disk.afterPowerLoss(1), FOLDER).log(SMALL);
        assertThat(found.startOffset()).isEqualTo(12);
        assertThat(read(found)).containsExactly("new");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5, 20, 29, 30, 31, 1_000})
    void r11LogBeginsAnewWhereItsLeaderBegins(long offset) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        fixture.flush(log);
        log.highWatermark(30);

        fixture.join(log.resetTo(offset));

        assertThat(log.startOffset()).isEqualTo(offset);
        assertThat(log.endOffset()).isEqualTo(offset);
        assertThat(log.latestEpoch()).isEqualTo(-1);
        assertThat(log.producers()).isEmpty();
        for (int seed = 0; seed < 10; seed++) {
            StoreFixture again = StoreFixture.open(disk.afterPowerLoss(seed), FOLDER);
            PartitionLog found = again.log(SMALL);
            assertThat(again.report.corrupt()).isEmpty();
            assertThat(found.startOffset()).isEqualTo(offset);
            assertThat(found.endOffset()).isEqualTo(offset);
            assertThat(found.lostRecords()).isFalse();
            appendTo(again, found, offset + 3, "new");
            assertThat(read(found)).isEqualTo(values("new", offset, offset + 3));
        }
    }

    @Test
    void t1ProducersAreThoseOfTheRecordsThatStay() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        fixture.append(log, Batches.from(8, 0, 0, "another"));

        fixture.join(log.truncateTo(17));

        assertThat(log.producers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(7);
            assertThat(producer.lastSequence()).isEqualTo(16);
        });
        assertThat(log.stage(Batches.from(7, 0, 16, "again"), 0, 1)).isEqualTo(new Staged.Duplicate(16, 16, -1));
    }

    /** The manifest's producers are of the old history; the log gets as long again, with other records. */
    @Test
    void t1ManifestOfBeforeTheCutIsNotBelieved() throws Exception {
        manifestIsNotBelieved(false);
    }

    @Test
    void t1ManifestOfBeforeTheCutIsNotBelievedThoughTheCheckpointIsLost() throws Exception {
        manifestIsNotBelieved(true);
    }

    private void manifestIsNotBelieved(boolean checkpointLost) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, LARGE, 10);
        fixture.append(log, Batches.from(8, 0, 0, "another"));
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture second = StoreFixture.open(disk.afterKill(), FOLDER);
        log = second.log(LARGE);
        second.join(log.truncateTo(4));
        appendTo(second, log, 14, "new");
        second.store.close();
        if (checkpointLost) {
            disk.delete(FOLDER.resolve("recovery-checkpoint"));
        }

        StoreFixture third = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(third.log(LARGE).producers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(7);
            assertThat(producer.lastSequence()).isEqualTo(13);
        });
        third.store.close();
        StoreFixture fourth = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(fourth.log(LARGE).producers()).hasSize(1);
    }

    @Test
    void t1LogThatBeganAnewKnowsNoProducerOfBefore() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        filled(fixture, LARGE, 10);
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture second = StoreFixture.open(disk.afterKill(), FOLDER);
        second.join(second.log(LARGE).resetTo(10));
        second.store.close();

        assertThat(StoreFixture.open(disk.afterKill(), FOLDER).log(LARGE).producers())
                .isEmpty();
    }

    @Test
    void t1RebuildAfterAFailedWriteDoesNotUseWhatWasCut() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, LARGE, 10);
        fixture.append(log, Batches.from(8, 0, 0, "another"));
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture second = StoreFixture.open(disk.afterKill(), FOLDER);
        log = second.log(LARGE);
        second.join(log.truncateTo(4));
        appendTo(second, log, 14, "new");
        disk.capacity(disk.used());
        log.stage(Batches.from(7, 0, 14, "lost"), 0, 1);
        assertThat(log.write()).isInstanceOf(WriteOutcome.Failed.class);

        second.loop.runAll();

        assertThat(log.producers()).hasSize(1);
    }

    @Test
    void s13SlicesOfWhatWasCutNeverShowWhatCameInItsPlace() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        Segment first = log.segments()[0];
        long boundary = log.segments()[1].base();
        assertThat(boundary).isGreaterThan(3);
        try (LogSlice shortened = slice(log, 0);
                LogSlice gone = slice(log, boundary)) {
            fixture.join(log.truncateTo(3));
            appendTo(fixture, log, 30, "new");
            fixture.loop.advanceMs(120_000);

            assertThat(shortened.bytes()).isGreaterThan(first.size());
            assertThatThrownBy(() -> bytesOf(shortened)).isInstanceOf(EOFException.class);
            assertThat(Batches.values(bytesOf(gone)))
                    .startsWith("old-" + boundary)
                    .allMatch(v -> v.startsWith("old"));
        }
        assertThat(read(log).subList(0, 4)).containsExactly("old-0", "old-1", "old-2", "new-3");
    }

    /** A limit that was looked up before the cut, in a segment that is shorter now or another one of the same name. */
    @Test
    void s13LimitOfBeforeTheCutLeadsNobodyAstray() throws Exception {
        for (int end = 1; end < 30; end++) {
            StoreFixture fixture = StoreFixture.open(new MemoryDisk(), FOLDER);
            PartitionLog log = filled(fixture, SMALL, 30);
            LogPosition before = log.endPosition();
            for (int offset = 0; offset < 30; offset++) {
                slice(log, offset).close(); // leaves hints
            }
            fixture.join(log.truncateTo(end));
            for (int length = end; length < 40; length += 3) {
                appendTo(fixture, log, length, "new");
                for (int offset = 0; offset < length; offset++) {
                    try (LogSlice slice = log.read(offset, 200, before, true)) {
                        if (slice.bytes() > 0) {
                            assertThat(Batches.values(bytesOf(slice)).get(0))
                                    .isEqualTo((offset < end ? "old-" : "new-") + offset);
                        }
                    }
                }
                assertThat(log.failure()).isEmpty();
            }
        }
    }

    @Test
    void timesAreFoundAmongWhatIsLeft() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(SMALL);
        for (int i = 0; i < 40; i++) {
            fixture.append(log, Batches.of(1_000 + i, "old-" + i));
        }
        fixture.join(log.truncateTo(20));

        assertThat(log.maxTimestampOffset())
                .get()
                .extracting(TimestampedOffset::offset)
                .isEqualTo(19L);
        assertThat(log.offsetForTimestamp(1_025)).isEmpty();
        fixture.append(log, Batches.of(1_030, "new"));
        assertThat(log.offsetForTimestamp(1_025))
                .get()
                .extracting(TimestampedOffset::offset)
                .isEqualTo(20L);
        assertThat(log.offsetForTimestamp(1_015))
                .get()
                .extracting(TimestampedOffset::offset)
                .isEqualTo(15L);
    }

    @Test
    void s12HighWatermarkComesDownWithTheEnd() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        log.highWatermark(25);

        fixture.join(log.truncateTo(12));

        assertThat(log.highWatermark()).isEqualTo(12);
        PartitionLog found = StoreFixture.open(disk.afterKill(), FOLDER).log(SMALL);
        assertThat(found.checkpointedHighWatermark()).isEqualTo(12);
        assertThat(found.lostRecords()).as("it was told to").isFalse();
    }

    @Test
    void s7IndexOfTheShortenedSegmentIsShortenedToo() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, LARGE.withRoll(new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 1)), 700);
        fixture.join(log.truncateTo(300));
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture again = StoreFixture.open(disk.afterPowerLoss(1), FOLDER);
        PartitionLog found = again.log(LARGE);

        appendTo(again, found, 700, "another-word");

        assertThat(read(found).subList(298, 302))
                .containsExactly("old-298", "old-299", "another-word-300", "another-word-301");
        for (int offset = 0; offset < 700; offset += 7) {
            try (LogSlice slice = found.read(offset, 150, found.endPosition(), true)) {
                assertThat(Batches.values(bytesOf(slice)).get(0)).endsWith("-" + offset);
            }
        }
    }

    @Test
    void cutOfAFullDiskWaitsForSpace() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        disk.capacity(disk.used());

        CompletableFuture<Void> done = log.truncateTo(12).toCompletableFuture();
        fixture.loop.runAll();

        assertThat(done).isNotDone();
        assertThat(fixture.store.folderFailure(FOLDER)).isEmpty();
        disk.capacity(Long.MAX_VALUE);
        fixture.loop.advanceMs(1_000);
        assertThat(done).isCompleted();
        assertThat(read(log)).isEqualTo(values("old", 0, 12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RENAME", "TRUNCATE", "SYNC", "SYNC_FOLDER"})
    void s8CutThatTheDiskRefusesTakesTheFolderOutOfService(MemoryDisk.Op refused) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = filled(fixture, SMALL, 30);
        fixture.flush(log);
        disk.faults((op, path) -> {
            if (op == refused && path.toString().contains("topic")) {
                throw new IOException("Input/output error");
            }
        });

        CompletableFuture<Void> done = log.truncateTo(12).toCompletableFuture();
        fixture.loop.runAll();

        assertThat(done).isCompletedExceptionally();
        assertThat(fixture.store.folderFailure(FOLDER)).isPresent();
        assertThat(log.stage(Batches.of(1, "x"), 0, 1)).isInstanceOf(Staged.Refused.class);
    }
}
