package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A damaged log that is put aside, and the one that takes its place. */
class SetAsideTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(400, Long.MAX_VALUE, 100));
    private static final StoreConfig CONFIG = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1));

    private final List<LogId> corrupt = new ArrayList<>();
    private final StoreListener listener = new StoreListener() {
        @Override
        public void onCorrupt(LogId id, LogFailure.Corrupt failure) {
            corrupt.add(id);
        }
    };

    private StoreFixture open(MemoryDisk disk) throws StoreException {
        return StoreFixture.open(disk, CONFIG, listener);
    }

    private static void append(StoreFixture fixture, PartitionLog log, String word, int count) {
        for (int i = 0; i < count; i++) {
            fixture.append(log, Batches.of(1000, word + i));
        }
        fixture.flush(log);
    }

    /** A log of several segments, all flushed, that nobody may read any more. */
    private static void damage(StoreFixture fixture, PartitionLog log) {
        append(fixture, log, "old", 12);
        log.health().quarantine(new LogFailure.Corrupt(log.path(), 0, "the test says so"));
        fixture.loop.runAll();
    }

    private static List<Path> folders(MemoryDisk disk) {
        return disk.files().stream()
                .map(Path::getParent)
                .filter(each -> !each.equals(FOLDER))
                .distinct()
                .toList();
    }

    private static List<Path> kept(MemoryDisk disk) {
        return folders(disk).stream()
                .filter(each -> each.toString().endsWith(".damaged"))
                .toList();
    }

    @Test
    void s2DamagedLogIsSetAsideAndBegunAnew() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        damage(fixture, fixture.log(SMALL));
        assertThat(corrupt).containsExactly(StoreFixture.ID);

        fixture.join(fixture.store.setAside(StoreFixture.ID));
        PartitionLog fresh = fixture.log(SMALL);
        append(fixture, fresh, "new", 3);

        assertThat(fresh.failure()).isEmpty();
        assertThat(StoreFixture.readAll(fresh, 0, 100)).containsExactly("new0", "new1", "new2");
        assertThat(kept(disk)).hasSize(1);
        assertThat(disk.files())
                .as("all that was left of it")
                .anyMatch(file -> file.startsWith(kept(disk).get(0)) && file.endsWith("quarantine"))
                .anyMatch(file ->
                        file.startsWith(kept(disk).get(0)) && file.toString().endsWith(".log"));
    }

    @Test
    void s2LogInThePlaceOfADamagedOneSurvivesAKill() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        damage(fixture, fixture.log(SMALL));
        fixture.join(fixture.store.setAside(StoreFixture.ID));
        append(fixture, fixture.log(SMALL), "new", 20);

        StoreFixture again = open(disk.afterKill());

        assertThat(again.report.corrupt()).isEmpty();
        assertThat(StoreFixture.readAll(again.log(SMALL), 0, 100)).hasSize(20).startsWith("new0");
        assertThat(kept(disk)).hasSize(1);
    }

    @Test
    void logThatServesIsNotSetAside() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        append(fixture, fixture.log(SMALL), "a", 3);

        assertThatThrownBy(() -> fixture.join(fixture.store.setAside(StoreFixture.ID)))
                .hasCauseInstanceOf(IllegalStateException.class);

        assertThat(StoreFixture.readAll(fixture.log(SMALL), 0, 100)).hasSize(3);
    }

    @Test
    void damagedLogIsDeletedAfterADayEvenIfTheBrokerWasRestartedMeanwhile() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        damage(fixture, fixture.log(SMALL));
        fixture.join(fixture.store.setAside(StoreFixture.ID));
        fixture.store.start();
        fixture.loop.advanceMs(DamagedLogs.KEPT_MS / 2);
        StoreFixture again = open(disk.afterKill());
        again.store.start();
        again.loop.advanceMs(DamagedLogs.KEPT_MS - 60_000);
        assertThat(kept(disk)).hasSize(1);

        again.loop.advanceMs(120_000);

        assertThat(kept(disk)).isEmpty();
    }

    @Test
    void damagedLogIsDeletedWhenTheDiskIsNearlyFull() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        damage(fixture, fixture.log(SMALL));
        fixture.join(fixture.store.setAside(StoreFixture.ID));
        fixture.store.start();
        disk.capacity(disk.used() + 1000);

        fixture.loop.advanceMs(60_000);

        assertThat(kept(disk)).isEmpty();
    }

    @Test
    void onlyTheLatestDamagedLogOfAPartitionIsKept() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        for (int i = 0; i < 3; i++) {
            damage(fixture, fixture.log(SMALL));
            fixture.join(fixture.store.setAside(StoreFixture.ID));
            fixture.loop.advanceMs(10);
        }

        assertThat(kept(disk)).hasSize(1);
    }

    @Test
    void s2LogThatTheDiskDoesNotGiveBackIsQuarantined() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = open(disk);
        append(fixture, fixture.log(SMALL), "a", 12);
        fixture.join(fixture.store.closeCleanly(1));
        StoreFixture again = open(disk);
        PartitionLog log = again.log(SMALL);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.READ && path.toString().endsWith(".log")) {
                throw new IOException("Input/output error");
            }
        });

        assertThatThrownBy(() -> log.read(0, 100, log.endPosition(), true)).isInstanceOf(LogException.class);

        assertThat(log.isDamaged()).isTrue();
        assertThat(corrupt).containsExactly(StoreFixture.ID);
    }

    /** Ends when the power does. */
    private static void replaceADamagedLog(MemoryDisk disk) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, CONFIG, StoreListener.NONE);
        damage(fixture, fixture.log(SMALL));
        fixture.store.start();
        fixture.loop.advanceMs(120_000); // checkpoints
        fixture.join(fixture.store.setAside(StoreFixture.ID));
        append(fixture, fixture.log(SMALL), "new", 20);
    }

    private static MemoryDisk powerLossBefore(int operation, AtomicInteger count) {
        MemoryDisk disk = new MemoryDisk();
        disk.faults((op, path) -> {
            if (count.incrementAndGet() >= operation) {
                throw new MemoryDisk.PowerLoss();
            }
        });
        try {
            replaceADamagedLog(disk);
        } catch (Exception | AssertionError e) {
            assertThat(count.get()).as("the machine went off: %s", e).isGreaterThanOrEqualTo(operation);
        }
        return disk;
    }

    @Test
    void s3PowerLossLeavesTheDamagedLogOrTheNewOneAndNeverTakesOneForTheOther() throws Exception {
        AtomicInteger all = new AtomicInteger();
        powerLossBefore(Integer.MAX_VALUE, all);
        assertThat(all).hasValueGreaterThan(50);
        for (int operation = 1; operation <= all.get(); operation++) {
            for (int seed = 0; seed < 4; seed++) {
                MemoryDisk after =
                        powerLossBefore(operation, new AtomicInteger()).afterPowerLoss(operation * 31L + seed);
                StoreFixture fixture = open(after);
                if (fixture.report.corrupt().isEmpty()) {
                    List<String> found = StoreFixture.readAll(fixture.log(SMALL), 0, 300);
                    String word = found.isEmpty() ? "none" : found.get(0).substring(0, 3);
                    assertThat(found)
                            .as("power loss before operation %d, seed %d", operation, seed)
                            .isEqualTo(IntStream.range(0, found.size())
                                    .mapToObj(i -> word + i)
                                    .toList());
                }
                fixture.store.close();
            }
        }
    }
}
