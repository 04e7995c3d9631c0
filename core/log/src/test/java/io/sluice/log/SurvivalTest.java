package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.EpochChain;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start can tell of what an earlier life of the broker wrote (R14, R15, S12). */
class SurvivalTest {
    private static final Path FOLDER = Path.of("/data");
    private static final Path SECOND = Path.of("/more");
    private static final StoreIdentity IDENTITY = new StoreIdentity("cluster", 1);
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(700, Long.MAX_VALUE, 200));

    private final MemoryDisk disk = new MemoryDisk();

    private static StoreFixture openTwo(MemoryDisk disk) throws StoreException {
        return StoreFixture.open(disk, StoreConfig.of(List.of(FOLDER, SECOND), IDENTITY), StoreListener.NONE);
    }

    private static void append(StoreFixture fixture, int records) throws Exception {
        for (int i = 0; i < records; i++) {
            fixture.append(fixture.log(SMALL), Batches.of(1_000 + i, "value-" + i));
        }
    }

    private StoreFixture running(long brokerEpoch, int records) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        fixture.join(fixture.store.beginEpoch(brokerEpoch));
        fixture.store.start();
        append(fixture, records);
        return fixture;
    }

    private static OptionalLong proven(MemoryDisk disk) throws StoreException {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        EpochChain proven = fixture.store.proven();
        assertThat(fixture.report.proven()).isEqualTo(proven);
        fixture.store.close();
        return proven.latest();
    }

    private static EpochChain chain(MemoryDisk disk) throws StoreException {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        fixture.store.close();
        return fixture.store.proven();
    }

    private Path lastSegment() {
        return disk.files().stream()
                .filter(path -> path.toString().endsWith(".log"))
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    @Test
    void r14NewFolderProvesNothing() throws Exception {
        assertThat(proven(disk)).isEmpty();
        assertThat(proven(disk.afterKill())).isEmpty();
    }

    @Test
    void r14ProcessThatDiedUnderItsMachineHasLostNothing() throws Exception {
        running(7, 30).store.close();

        assertThat(proven(disk.afterKill())).hasValue(7);
        assertThat(proven(disk.afterKill()))
                .as("a start that died before it registered")
                .hasValue(7);
    }

    @Test
    void r14MachineThatLostPowerProvesNothing() throws Exception {
        running(7, 30);
        for (int seed = 0; seed < 20; seed++) {
            MemoryDisk after = disk.afterPowerLoss(seed);
            assertThat(proven(after)).isEmpty();
            assertThat(proven(after.afterKill())).as("a second start").isEmpty();
        }
    }

    @Test
    void r14CleanShutdownProvesItsEpochWhateverTheMachineDoes() throws Exception {
        StoreFixture fixture = running(7, 30);
        fixture.join(fixture.store.closeCleanly(9));

        MemoryDisk after = disk.afterPowerLoss(1);
        assertThat(proven(after)).hasValue(9);
        assertThat(proven(after.afterKill())).hasValue(9);
        assertThat(proven(after.afterPowerLoss(2))).isEmpty();
    }

    @Test
    void r14NextRegistrationReplacesTheLast() throws Exception {
        StoreFixture fixture = running(7, 30);
        fixture.join(fixture.store.beginEpoch(8));
        fixture.store.close();

        assertThat(proven(disk.afterKill())).hasValue(8);
    }

    @Test
    void r14KillsInARowProveEveryRegistrationSinceTheFirst() throws Exception {
        running(7, 30).store.close();
        StoreFixture second = StoreFixture.open(disk, FOLDER);
        second.join(second.store.beginEpoch(8));
        second.store.close();
        StoreFixture third = StoreFixture.open(disk, FOLDER);
        third.join(third.store.beginEpoch(9));
        third.store.close();

        assertThat(chain(disk.afterKill()).epochs()).containsExactly(7L, 8L, 9L);
    }

    @Test
    void r14CleanShutdownAfterKillsProvesThemAllEvenWithoutARegistration() throws Exception {
        running(7, 30).store.close();
        StoreFixture second = StoreFixture.open(disk, FOLDER);
        second.join(second.store.closeCleanly(-1));

        assertThat(chain(disk.afterPowerLoss(1)).epochs()).containsExactly(7L);
    }

    @Test
    void r14ChainBeginsAnewAfterALoss() throws Exception {
        running(7, 30);
        MemoryDisk after = disk.afterPowerLoss(3);
        StoreFixture second = StoreFixture.open(after, FOLDER);
        second.join(second.store.beginEpoch(8));
        second.store.close();

        assertThat(chain(after.afterKill()).epochs()).containsExactly(8L);
    }

    @Test
    void r14FoldersProveWhatAllOfThemProve() throws Exception {
        StoreFixture fixture = openTwo(disk);
        fixture.join(fixture.store.beginEpoch(7));
        EpochMark.leave(disk, FOLDER, EpochChain.of(7).then(8)); // killed before it came to the second
        fixture.store.close();

        assertThat(openTwo(disk.afterKill()).store.proven()).isEqualTo(EpochChain.of(7));
    }

    @Test
    void r14MarkOfAnEarlierVersionProvesItsEpochAndThatReadsTheLatest() throws Exception {
        running(7, 30).store.close();
        Path mark = FOLDER.resolve("broker-epoch");
        String life = disk.cacheLife(FOLDER).orElseThrow();
        CheckedFile.write(disk, mark, 0x534C4245, 1, out -> {
            out.writeLong(6);
            out.writeUTF(life);
        });
        assertThat(chain(disk.copy())).isEqualTo(EpochChain.of(6));

        EpochMark.leave(disk, FOLDER, EpochChain.of(6).then(7));
        DataInputStream body =
                CheckedFile.read(disk, mark, 0x534C4245, 1).orElseThrow().body();
        assertThat(body.readLong()).isEqualTo(7);
        assertThat(body.readUTF()).isEqualTo(life);
    }

    @Test
    void r14WriteThatTheKillInterruptedIsNoLoss() throws Exception {
        running(7, 30).store.close();
        byte[] whole = disk.bytes(lastSegment());
        disk.rot(lastSegment(), Arrays.copyOf(whole, whole.length - 5));

        assertThat(proven(disk.afterKill())).hasValue(7);
    }

    @Test
    void r14DamagedTailIsALossForGood() throws Exception {
        running(7, 30).store.close();
        byte[] whole = disk.bytes(lastSegment());
        whole[whole.length - 5] ^= 1;
        disk.rot(lastSegment(), whole);

        assertThat(proven(disk.afterKill())).isEmpty();
        assertThat(proven(disk.afterKill()))
                .as("nothing is wrong any more, but it is lost")
                .isEmpty();
    }

    @Test
    void r14RecoveryThatDiesAfterItsRepairProvesNothing() throws Exception {
        running(7, 30).store.close();
        byte[] whole = disk.bytes(lastSegment());
        whole[whole.length - 5] ^= 1;
        disk.rot(lastSegment(), whole);
        for (int operation = 1; operation < 60; operation++) {
            MemoryDisk machine = disk.copy();
            int last = operation;
            int[] count = {0};
            machine.faults((op, path) -> {
                if (++count[0] > last) {
                    throw new MemoryDisk.PowerLoss(); // here: the process is killed
                }
            });
            try {
                StoreFixture.open(machine, FOLDER);
            } catch (RuntimeException | StoreException e) {
                assertThat(count[0]).isGreaterThan(last);
            }
            assertThat(proven(machine.afterKill()))
                    .as("killed after operation " + last)
                    .isEmpty();
        }
    }

    @Test
    void r14FolderThatFailedProvesNothing() throws Exception {
        StoreFixture fixture = running(7, 30);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                disk.faults(MemoryDisk.Faults.NONE); // the kernel says it once
                throw new IOException("Input/output error");
            }
        });
        assertThat(fixture.flush(fixture.log(SMALL))).isInstanceOf(LogFailure.FolderFailed.class);
        fixture.store.close();

        assertThat(proven(disk.afterKill())).isEmpty();
    }

    @Test
    void r14RegistrationAfterAFolderFailedDoesNotMarkIt() throws Exception {
        StoreFixture fixture = running(7, 30);
        fixture.log(SMALL).dataFolder().fail("testing", new IOException("Input/output error"));
        CompletableFuture<Void> registered = fixture.store.beginEpoch(8).toCompletableFuture();
        fixture.loop.runAll();
        fixture.store.close();

        assertThat(registered).isCompleted();
        assertThat(proven(disk.afterKill())).isEmpty();
    }

    @Test
    void r14AllFoldersMustAgree() throws Exception {
        StoreFixture fixture = openTwo(disk);
        fixture.join(fixture.store.beginEpoch(7));
        append(fixture, 5);
        fixture.store.close();
        StoreFixture again = openTwo(disk.afterKill());
        assertThat(again.store.proven().latest()).hasValue(7);
        again.store.close();
        for (Path path : disk.files()) {
            if (path.startsWith(SECOND)) {
                disk.delete(path);
            }
        }

        assertThat(openTwo(disk.afterKill()).store.proven().latest())
                .as("one was wiped")
                .isEmpty();
    }

    @Test
    void r14FoldersOfDifferentEpochsProveNothing() throws Exception {
        StoreFixture fixture = openTwo(disk);
        fixture.join(fixture.store.beginEpoch(7));
        EpochMark.leave(disk, SECOND, EpochChain.of(6));
        fixture.store.close();

        assertThat(openTwo(disk.afterKill()).store.proven().latest()).isEmpty();
    }

    @Test
    void r14MissingLogIsALoss() throws Exception {
        StoreFixture fixture = running(7, 30);
        Path folder = fixture.log(SMALL).path();
        fixture.join(fixture.store.closeCleanly(7));
        Removals.deleteFolder(disk, folder);

        assertThat(proven(disk.afterKill())).isEmpty();
    }

    @Test
    void s12HighWatermarkSurvivesAsALowerBound() throws Exception {
        StoreFixture fixture = running(7, 30);
        PartitionLog log = fixture.log(SMALL);
        assertThat(log.checkpointedHighWatermark()).isZero();
        fixture.flush(log);
        log.highWatermark(20);
        fixture.loop.advanceMs(31_000);
        log.highWatermark(25);
        fixture.store.close();

        StoreFixture second = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(second.log(SMALL).checkpointedHighWatermark()).isEqualTo(20);
        assertThat(second.log(SMALL).lostRecords()).isFalse();
        second.log(SMALL).highWatermark(28);
        second.join(second.store.closeCleanly(8));

        StoreFixture third = StoreFixture.open(disk.afterPowerLoss(1), FOLDER);
        assertThat(third.log(SMALL).checkpointedHighWatermark()).isEqualTo(28);
    }

    @Test
    void r15LogThatEndsBelowItsHighWatermarkHasLostRecords() throws Exception {
        StoreFixture fixture = running(7, 10);
        PartitionLog log = fixture.log(SMALL);
        fixture.flush(log);
        append(fixture, 20);
        log.highWatermark(30);
        fixture.join(requestCheckpoint(fixture));
        boolean lost = false;
        for (int seed = 0; seed < 20; seed++) {
            StoreFixture again = StoreFixture.open(disk.afterPowerLoss(seed), FOLDER);
            PartitionLog found = again.log(SMALL);
            assertThat(found.lostRecords()).as("seed " + seed).isEqualTo(found.endOffset() < 30);
            assertThat(found.checkpointedHighWatermark()).isEqualTo(Math.min(30, found.endOffset()));
            lost |= found.lostRecords();
        }
        assertThat(lost).isTrue();
    }

    private static CompletableFuture<Void> requestCheckpoint(StoreFixture fixture) throws LogException {
        PartitionLog log = fixture.log(SMALL);
        return log.place().parts().checkpoints().request(log).toCompletableFuture();
    }

    @Test
    void r14LogBelowItsHighWatermarkProvesNothingEvenInTheSameBoot() throws Exception {
        StoreFixture fixture = running(7, 30);
        fixture.log(SMALL).highWatermark(30);
        fixture.join(requestCheckpoint(fixture));
        fixture.store.close();
        byte[] whole = disk.bytes(lastSegment());
        disk.rot(lastSegment(), Arrays.copyOf(whole, whole.length - 5));

        assertThat(proven(disk.afterKill())).isEmpty();
    }

    @Test
    void checkpointAndManifestOfFormatOneAreRead() throws Exception {
        LogSummary summary = new LogSummary(
                StoreFixture.ID,
                FolderName.of(StoreFixture.ID),
                3,
                new FlushPoint(new LogPosition(12, 0, 900), 55, 66, true),
                new LeaderEpochs(List.of(new EpochStart(1, 0), new EpochStart(4, 7))),
                11,
                9);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            summary.writeTo(out);
        }
        byte[] formatOne = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 16);
        disk.createFolder(FOLDER);
        CheckedFile.write(disk, FOLDER.resolve("recovery-checkpoint"), 0x534C5243, 1, out -> {
            out.writeInt(1);
            out.write(formatOne);
        });
        CheckedFile.write(disk, FOLDER.resolve("clean-shutdown"), 0x534C434D, 1, out -> {
            out.writeLong(77);
            out.writeInt(1);
            out.write(formatOne);
            out.writeInt(1);
            out.writeLong(0);
            out.writeInt(900);
            out.writeLong(55);
            out.writeInt(0);
        });

        LogSummary expected = new LogSummary(
                summary.id(), summary.folderName(), 3, summary.flushed(), summary.epochs(), 0, LogState.NEVER_CUT);
        assertThat(RecoveryCheckpoint.read(disk, FOLDER).logs()).containsOnlyKeys(summary.folderName());
        assertThat(RecoveryCheckpoint.read(disk, FOLDER).logs().get(summary.folderName()))
                .isEqualTo(expected);
        CleanManifest manifest = CleanManifest.take(disk, FOLDER).orElseThrow();
        assertThat(manifest.brokerEpoch()).isEqualTo(77);
        assertThat(manifest.chain()).isEqualTo(EpochChain.of(77));
        assertThat(manifest.logs()).singleElement().satisfies(entry -> {
            assertThat(entry.summary()).isEqualTo(expected);
            assertThat(entry.segments()).containsExactly(new CleanManifest.SegmentSummary(0, 900, 55));
        });
    }

    @Test
    void checkpointOfALaterFormatIsNotRead() throws Exception {
        disk.createFolder(FOLDER);
        CheckedFile.write(disk, FOLDER.resolve("recovery-checkpoint"), 0x534C5243, 3, out -> out.writeInt(0));

        assertThat(CheckedFile.read(disk, FOLDER.resolve("recovery-checkpoint"), 0x534C5243, 2))
                .isEmpty();
    }

    @Test
    void linuxNamesTheLifeOfItsPageCache(@TempDir Path real) {
        Assumptions.assumeTrue(Files.isReadable(Path.of("/proc/sys/kernel/random/boot_id")));
        NioDisk nio = new NioDisk();

        assertThat(nio.cacheLife(real))
                .hasValueSatisfying(life -> assertThat(life).matches("[0-9a-f-]{36}/(ext4|xfs|f2fs|device):.+"));
        assertThat(nio.cacheLife(real)).isEqualTo(nio.cacheLife(real));
        assertThat(nio.cacheLife(real.resolve("missing"))).isEmpty();
    }
}
