package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));
    private static final StoreConfig CONFIG = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1))
            .withBackground(new StoreConfig.Background(1_000, 1 << 20, 64, 2_000, 300_000, 86_400_000, 0));

    private final MemoryDisk disk = new MemoryDisk();
    private final List<String> values = new ArrayList<>();

    /** Appends batches of three records; the log's files end up in memory, nothing is flushed. */
    private StoreFixture filled(int batches, LogConfig config) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, CONFIG, StoreListener.NONE);
        PartitionLog log = fixture.log(config);
        for (int i = 0; i < batches; i++) {
            String[] three = {"a" + i, "b" + i, "c" + i};
            values.addAll(Arrays.asList(three));
            fixture.append(log, Batches.from(5, 0, 3 * i, three));
        }
        return fixture;
    }

    private Path file(String suffix, int fromTheEnd) {
        List<Path> found = disk.files().stream()
                .filter(path -> path.toString().endsWith(suffix))
                .toList();
        return found.get(found.size() - 1 - fromTheEnd);
    }

    @Test
    void s1RecoveryTruncatesAtEveryByteOfTheLastThreeBatches() throws Exception {
        filled(8, LogConfig.DEFAULTS).store.close();
        Path log = file(".log", 0);
        byte[] whole = disk.bytes(log);
        int[] starts = batchStarts(whole);
        for (int length = starts[5]; length < whole.length; length++) {
            MemoryDisk torn = disk.copy();
            torn.rot(log, Arrays.copyOf(whole, length));
            int batches = wholeBatches(starts, length);

            StoreFixture fixture = StoreFixture.open(torn, FOLDER);

            PartitionLog recovered = fixture.log();
            assertThat(recovered.endOffset()).as("cut at byte " + length).isEqualTo(3L * batches);
            assertThat(StoreFixture.readAll(recovered, 0, 4096)).isEqualTo(values.subList(0, 3 * batches));
            assertThat(fixture.report.cuts()).hasSize(length == starts[batches] ? 0 : 1);
            assertThat(fixture.append(recovered, Batches.from(5, 0, 3 * batches, "next")))
                    .isInstanceOf(Staged.Ok.class);
            fixture.store.close();
        }
    }

    @Test
    void s1RecoveryCutsAtAFlippedBitOfTheUnflushedTail() throws Exception {
        filled(6, LogConfig.DEFAULTS).store.close();
        Path log = file(".log", 0);
        byte[] whole = disk.bytes(log);
        int[] starts = batchStarts(whole);
        for (int at = starts[4]; at < starts[5]; at++) {
            if (at >= starts[4] + 12 && at < starts[4] + 16) {
                continue; // the leader epoch is the broker's, and outside the checksum
            }
            MemoryDisk torn = disk.copy();
            torn.rot(log, flipped(whole, at));

            StoreFixture fixture = StoreFixture.open(torn, FOLDER);

            assertThat(fixture.log().endOffset()).as("flipped at " + at).isEqualTo(12);
            assertThat(fixture.report.cuts()).hasSize(1);
            assertThat(fixture.report.corrupt()).isEmpty();
            fixture.store.close();
        }
    }

    @Test
    void s1ZeroFilledTailIsCutOff() throws Exception {
        filled(4, LogConfig.DEFAULTS).store.close();
        Path log = file(".log", 0);
        byte[] whole = disk.bytes(log);
        disk.rot(log, Arrays.copyOf(whole, whole.length + 5000));

        StoreFixture fixture = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(fixture.log().endOffset()).isEqualTo(12);
        assertThat(fixture.report.cuts()).singleElement().satisfies(cut -> assertThat(cut.bytes())
                .isEqualTo(5000));
    }

    @Test
    void s1GapBetweenUnflushedSegmentsEndsTheLog() throws Exception {
        filled(40, SMALL).store.close();
        Path third = disk.files().stream()
                .filter(path -> path.toString().endsWith(".log"))
                .toList()
                .get(2);
        byte[] whole = disk.bytes(third);
        int[] starts = batchStarts(whole);
        disk.rot(third, Arrays.copyOf(whole, starts[starts.length - 1]));

        StoreFixture fixture = StoreFixture.open(disk.afterKill(), FOLDER);

        PartitionLog log = fixture.log(SMALL);
        assertThat(log.endOffset()).isLessThan(120).isGreaterThan(0);
        assertThat(fixture.report.cuts()).hasSize(1);
        assertThat(StoreFixture.readAll(log, 0, 4096)).isEqualTo(values.subList(0, (int) log.endOffset()));
    }

    @Test
    void s2DamageBelowTheRecoveryPointIsNeverCutOff() throws Exception {
        StoreFixture fixture = filled(40, SMALL);
        fixture.store.start();
        fixture.flush(fixture.log(SMALL));
        fixture.loop.advanceMs(3_000);
        fixture.store.close();
        Path last = file(".log", 0);
        byte[] whole = disk.bytes(last);
        for (int length = 0; length < whole.length; length += 13) {
            MemoryDisk rotten = disk.copy();
            rotten.rot(last, Arrays.copyOf(whole, length));

            StoreFixture again = StoreFixture.open(rotten, FOLDER);

            PartitionLog log = again.log(SMALL);
            assertThat(again.report.corrupt()).containsExactly(StoreFixture.ID);
            assertThat(log.failure())
                    .hasValueSatisfying(failure -> assertThat(failure).isInstanceOf(LogFailure.Corrupt.class));
            assertThat(log.stage(Batches.of(1, "x"), 0, 0)).isInstanceOf(Staged.Refused.class);
            assertThatThrownBy(() -> log.read(0, 10, log.endPosition(), true)).isInstanceOf(LogException.class);
            assertThat(rotten.bytes(last)).hasSize(length);
            again.store.close();
        }
    }

    @Test
    void s2SealedSegmentThatIsShortOrMissingIsNeverSkipped() throws Exception {
        StoreFixture fixture = filled(40, SMALL);
        fixture.store.start();
        fixture.flush(fixture.log(SMALL));
        fixture.loop.advanceMs(3_000);
        int segments = fixture.log(SMALL).segments().length;
        fixture.store.close();
        assertThat(segments).isGreaterThan(4);
        for (int fromTheEnd = 0; fromTheEnd < segments; fromTheEnd++) {
            Path victim = file(".log", fromTheEnd);
            byte[] whole = disk.bytes(victim);
            int[] starts = batchStarts(whole);
            // A missing first segment cannot be told from one that retention took.
            int least = fromTheEnd == segments - 1 ? 0 : -1;
            for (int batches = least; batches < starts.length; batches++) {
                MemoryDisk rotten = disk.copy();
                if (batches < 0) {
                    rotten.delete(victim);
                } else {
                    rotten.rot(victim, Arrays.copyOf(whole, starts[batches]));
                }

                StoreFixture again = StoreFixture.open(rotten, FOLDER);

                assertThat(again.report.corrupt())
                        .as(victim + " cut to " + batches + " batches")
                        .containsExactly(StoreFixture.ID);
                assertThat(rotten.files()).noneMatch(path -> path.toString().endsWith(".deleted"));
                again.store.close();
            }
        }
    }

    @Test
    void s2QuarantineOutlivesRestartsUntilTheNoteIsDeleted() throws Exception {
        StoreFixture fixture = filled(12, SMALL);
        fixture.flush(fixture.log(SMALL));
        Path first = file(".log", fixture.log(SMALL).segments().length - 1);
        byte[] whole = disk.bytes(first);
        disk.rot(first, flipped(whole, whole.length - 1));
        new Scrub(fixture.store).step(1 << 20);
        fixture.loop.runAll();
        for (int restart = 0; restart < 2; restart++) {
            if (restart == 0) {
                fixture.store.close();
            } else {
                fixture.join(fixture.store.closeCleanly(1));
            }
            fixture = StoreFixture.open(disk.afterKill(), FOLDER);
            PartitionLog log = fixture.log(SMALL);
            assertThat(fixture.report.corrupt()).containsExactly(StoreFixture.ID);
            assertThat(log.stage(Batches.of(1, "x"), 0, 0)).isInstanceOf(Staged.Refused.class);
            assertThatThrownBy(() -> log.read(0, 10, log.endPosition(), true))
                    .isInstanceOf(LogException.class)
                    .hasMessageContaining("checksum");
        }
        disk.rot(first, whole);
        disk.delete(first.resolveSibling(QuarantineNote.NAME));
        fixture.store.close();

        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(StoreFixture.readAll(again.log(SMALL), 0, 500)).isEqualTo(values);
    }

    @Test
    void s2ScrubFindsEveryFlippedBitOfASealedSegment() throws Exception {
        StoreFixture fixture = filled(12, SMALL);
        fixture.flush(fixture.log(SMALL));
        Path first = file(".log", fixture.log(SMALL).segments().length - 1);
        byte[] whole = disk.bytes(first);
        for (int at = 0; at < whole.length; at += 3) {
            disk.rot(first, flipped(whole, at));
            PartitionLog log = fixture.log(SMALL);
            Scrub scrub = new Scrub(fixture.store);

            scrub.step(1 << 20);

            assertThat(log.failure()).as("flipped at " + at).hasValueSatisfying(failure -> assertThat(failure)
                    .isInstanceOfSatisfying(LogFailure.Corrupt.class, corrupt -> assertThat(corrupt.file())
                            .isEqualTo(first)));
            disk.rot(first, whole);
            fixture.store.close();
            fixture = StoreFixture.open(disk.afterKill(), FOLDER);
            fixture.flush(fixture.log(SMALL));
        }
    }

    @Test
    void s7IndexIsRebuiltWhateverBecomesOfIt() throws Exception {
        LogConfig manyEntries = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 1));
        StoreFixture fixture = filled(600, manyEntries);
        fixture.join(fixture.store.closeCleanly(1));
        Path index = file(".index", 0);
        byte[] whole = disk.bytes(index);
        assertThat(whole.length).isGreaterThan(2 * IndexBlock.BYTES);
        Random random = new Random(1);
        for (int round = 0; round < 60; round++) {
            MemoryDisk changed = disk.copy();
            switch (round % 5) {
                case 0 -> changed.rot(index, Arrays.copyOf(whole, random.nextInt(whole.length)));
                case 1 -> changed.rot(index, noise(random, random.nextInt(2 * whole.length)));
                case 2 -> changed.rot(index, new byte[whole.length]);
                case 3 -> changed.rot(index, flipped(whole, random.nextInt(whole.length)));
                default -> changed.delete(index);
            }
            StoreFixture again = StoreFixture.open(changed, FOLDER);
            PartitionLog log = again.log(manyEntries);
            for (int offset = random.nextInt(50); offset < 1800; offset += 97) {
                assertThat(StoreFixture.readAll(log, offset, 1000)).isEqualTo(values.subList(offset, 1800));
            }
            again.append(log, Batches.of(1, "next"));
            assertThat(StoreFixture.readAll(log, 1790, 300)).endsWith("next");
            again.store.close();
        }
    }

    @Test
    void s5s7CheckpointAndSnapshotNoiseCostsOnlyReading() throws Exception {
        StoreFixture fixture = filled(40, SMALL);
        fixture.flush(fixture.log(SMALL));
        fixture.store.start();
        fixture.loop.advanceMs(3_000);
        fixture.store.close();
        Random random = new Random(2);
        List<Path> small = disk.files().stream()
                .filter(path -> path.toString().endsWith("recovery-checkpoint")
                        || path.toString().endsWith(".snapshot"))
                .toList();
        assertThat(small).hasSizeGreaterThan(1);
        for (Path path : small) {
            MemoryDisk changed = disk.copy();
            changed.rot(path, noise(random, 200));

            StoreFixture again = StoreFixture.open(changed, FOLDER);

            PartitionLog log = again.log(SMALL);
            assertThat(StoreFixture.readAll(log, 0, 4096)).isEqualTo(values);
            assertThat(again.append(log, Batches.from(5, 0, 117, "a39", "b39", "c39")))
                    .isEqualTo(new Staged.Duplicate(117, 119, -1));
            again.store.close();
        }
    }

    @Test
    void s5FlippedBitInACheckpointIsNoticed() throws Exception {
        StoreFixture fixture = filled(40, SMALL);
        fixture.store.start();
        fixture.flush(fixture.log(SMALL));
        fixture.loop.advanceMs(3_000);
        fixture.join(fixture.log(SMALL).deleteRecordsBefore(1));
        fixture.store.close();
        Path checkpoint = FOLDER.resolve("recovery-checkpoint");
        byte[] whole = disk.bytes(checkpoint);
        for (int at = 0; at < whole.length; at++) {
            MemoryDisk changed = disk.copy();
            changed.rot(checkpoint, flipped(whole, at));

            StoreFixture again = StoreFixture.open(changed, FOLDER);

            PartitionLog log = again.log(SMALL);
            assertThat(again.report.corrupt()).as("flipped at " + at).isEmpty();
            assertThat(log.startOffset()).as("flipped at " + at).isZero();
            assertThat(StoreFixture.readAll(log, 0, 4096)).isEqualTo(values);
            again.store.close();
        }
    }

    @Test
    void s7FlippedBitOfAnIndexIsNoticed() throws Exception {
        LogConfig manyEntries = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 1));
        StoreFixture fixture = filled(300, manyEntries);
        fixture.join(fixture.store.closeCleanly(1));
        Path index = file(".index", 0);
        byte[] whole = disk.bytes(index);
        for (int at = IndexBlock.HEADER_BYTES; at < 255 * 16; at += 5) {
            MemoryDisk changed = disk.copy();
            byte[] slightlyWrong = whole.clone();
            slightlyWrong[at] ^= 1;
            changed.rot(index, slightlyWrong);
            StoreFixture again = StoreFixture.open(changed, FOLDER);

            PartitionLog log = again.log(manyEntries);

            int near = 3 * ((at - IndexBlock.HEADER_BYTES) / 16);
            int from = Math.max(0, near - 12);
            assertThat(StoreFixture.readAll(log, from, 300))
                    .as("flipped at " + at)
                    .isEqualTo(values.subList(from, 900));
            again.store.close();
        }
    }

    @Test
    void s4ManifestIsUsedOnceOnly() throws Exception {
        StoreFixture fixture = filled(5, SMALL);
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture second = StoreFixture.open(disk, FOLDER);
        second.append(second.log(SMALL), Batches.of(1, "later"));
        second.store.close();

        StoreFixture third = StoreFixture.open(disk, FOLDER);

        assertThat(second.report.clean()).isTrue();
        assertThat(third.report.clean()).isFalse();
        assertThat(third.log(SMALL).endOffset()).isEqualTo(16);
    }

    @Test
    void recoveryReadsOnlyWhatLiesBeyondTheCheckpoint() throws Exception {
        StoreFixture fixture = filled(40, SMALL);
        fixture.store.start();
        fixture.flush(fixture.log(SMALL));
        fixture.loop.advanceMs(3_000);
        int before = disk.bytes(file(".log", 0)).length;
        fixture.append(fixture.log(SMALL), Batches.of(1, "tail"));
        int tail = disk.bytes(file(".log", 0)).length - before;
        fixture.store.close();

        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(again.report.scannedBytes()).isEqualTo(tail);
        assertThat(again.log(SMALL).endOffset()).isEqualTo(121);
    }

    @Test
    void s2LogMadeAgainIsNotHeldAgainstWhatItsPredecessorHad() throws Exception {
        StoreFixture fixture = filledAndCheckpointed();
        fixture.join(fixture.store.delete(StoreFixture.ID));
        flushedAgain(fixture);

        for (int seed = 0; seed < 20; seed++) {
            StoreFixture again = StoreFixture.open(disk.afterPowerLoss(seed), FOLDER);
            assertThat(again.report.corrupt()).as("seed %d", seed).isEmpty();
            assertThat(StoreFixture.readAll(again.log(SMALL), 0, 4096)).containsExactly("again");
        }
    }

    /** A new log with one record that is on disk, of which no checkpoint knows yet. */
    private static void flushedAgain(StoreFixture fixture) throws Exception {
        fixture.append(fixture.log(SMALL), Batches.from(5, 0, 0, "again"));
        assertThat(fixture.flush(fixture.log(SMALL))).isEqualTo(1L);
    }

    private StoreFixture filledAndCheckpointed() throws Exception {
        StoreFixture fixture = filled(40, SMALL);
        fixture.store.start();
        fixture.flush(fixture.log(SMALL));
        fixture.loop.advanceMs(3_000);
        return fixture;
    }

    @Test
    void s14BootFinishesOrUndoesACompaction() throws Exception {
        filled(40, SMALL).store.close();
        List<Path> logs = disk.files().stream()
                .filter(path -> path.toString().endsWith(".log"))
                .toList();
        byte[] merged = concatenated(disk.bytes(logs.get(1)), disk.bytes(logs.get(2)));
        write(logs.get(1).resolveSibling(logs.get(1).getFileName() + ".swap"), merged);
        write(logs.get(0).resolveSibling(logs.get(0).getFileName() + ".cleaned"), new byte[] {1, 2, 3});
        write(logs.get(0).resolveSibling("00000000000000000000.log.deleted"), new byte[] {1});

        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);

        assertThat(StoreFixture.readAll(again.log(SMALL), 0, 4096)).isEqualTo(values);
        assertThat(disk.files())
                .noneMatch(path -> path.toString().endsWith(".swap")
                        || path.toString().endsWith(".cleaned")
                        || path.toString().endsWith(".deleted"))
                .doesNotContain(logs.get(2))
                .contains(logs.get(1));
    }

    private void write(Path path, byte[] bytes) throws IOException {
        disk.create(path).close();
        disk.rot(path, bytes);
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static int[] batchStarts(byte[] log) {
        List<Integer> starts = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(log);
        for (int at = 0; at < log.length; at += BatchHeader.sizeInBytes(buffer, at)) {
            starts.add(at);
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    private static int wholeBatches(int[] starts, int length) {
        int count = 0;
        while (count < starts.length && starts[count] <= length) {
            count++;
        }
        // The batch that begins at or before the cut is whole only if the cut is where the next one begins.
        return count - 1;
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << (at % 8));
        return changed;
    }

    private static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
