package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Power losses and kills between every two operations while a log is cut, begins anew and goes on. */
class CutCrashTest {
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS
            .withRoll(new LogConfig.Roll(500, Long.MAX_VALUE, 100))
            .withRetention(new LogConfig.Retention(true, false, -1, -1, 3_000));

    private final CrashSweep<Promises> sweep = new CrashSweep<>(Promises::new, CutCrashTest::work);

    /** Records from a start on. */
    private record History(long start, List<String> values) {
        long end() {
            return start + values.size();
        }

        boolean allows(long from, List<String> found) {
            return from == start
                    && found.size() <= values.size()
                    && values.subList(0, found.size()).equals(found);
        }
    }

    /** What a run promised before the machine went off. */
    private static final class Promises {
        History now = new History(0, new ArrayList<>());
        /** What may still be found, while it is being cut off. */
        Optional<History> before = Optional.empty();
        /** Offset below which the log said that all is on disk, and that was not cut off. */
        long flushed;
        /** Offset below which all is written, and was not cut off. */
        long written;
    }

    private static final class Run {
        final StoreFixture fixture;
        final PartitionLog log;
        final Promises promises;

        Run(MemoryDisk disk, Promises promises) throws Exception {
            StoreConfig config = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1))
                    .withBackground(new StoreConfig.Background(2_000, 2_000, 64, 3_000, 5_000, 86_400_000, 300));
            this.fixture = StoreFixture.open(disk, config, StoreListener.NONE);
            this.log = fixture.log(SMALL);
            this.promises = promises;
            fixture.store.start();
        }

        void append(String word, int epoch, int count) {
            for (int i = 0; i < count; i++) {
                long offset = log.endOffset();
                String value = word + "-" + offset + "-" + "x".repeat(i * 3);
                var batch = Batches.from(7, 0, (int) offset, value);
                BatchHeader.baseOffset(batch, 0, offset);
                BatchHeader.leaderEpoch(batch, 0, epoch);
                assertThat(log.stageReplicated(batch, 1)).isEqualTo(new Staged.Ok(offset, offset, -1));
                promises.now.values.add(value);
                assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
                promises.written = offset + 1;
                fixture.loop.advanceMs(300);
            }
        }

        void flush() {
            if (fixture.flush(log) instanceof Long offset) {
                promises.flushed = offset;
            }
        }

        void truncate(long offset) {
            History old = promises.now;
            promises.before = Optional.of(old);
            int kept = (int) (offset - old.start);
            promises.now = new History(old.start, new ArrayList<>(old.values.subList(0, kept)));
            promises.flushed = Math.min(promises.flushed, offset);
            promises.written = offset;
            await(log.truncateTo(offset));
        }

        void reset(long offset) {
            promises.before = Optional.of(promises.now);
            promises.now = new History(offset, new ArrayList<>());
            promises.flushed = 0;
            promises.written = 0;
            await(log.resetTo(offset));
        }

        private void await(CompletionStage<Void> cut) {
            fixture.join(cut);
            promises.before = Optional.empty();
        }
    }

    /** Ends when the power does. */
    private static void work(MemoryDisk disk, Promises promises) throws Exception {
        Run first = new Run(disk, promises);
        first.append("a", 1, 12);
        first.flush();
        first.append("b", 2, 5);
        first.fixture.join(first.fixture.store.closeCleanly(1));
        promises.flushed = promises.now.end();
        Run second = new Run(disk, promises);
        second.append("c", 3, 4);
        second.truncate(14); // below what was flushed, within a segment
        second.append("d", 4, 9);
        second.truncate(22); // not flushed yet
        second.truncate(second.log.segments()[1].base()); // a whole number of segments
        second.append("e", 6, 6);
        second.flush();
        second.fixture.store.close();
        Run third = new Run(disk, promises);
        third.append("f", 7, 3);
        third.reset(500);
        third.append("g", 8, 5);
        third.flush();
        third.truncate(500);
        third.append("h", 9, 3);
        third.reset(2);
        third.append("i", 10, 3);
        third.fixture.join(third.fixture.store.closeCleanly(1));
        promises.flushed = promises.now.end();
    }

    private static void check(MemoryDisk disk, Promises promises, boolean powerLoss, String scenario) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        assertThat(fixture.report.corrupt()).as(scenario).isEmpty();
        PartitionLog log = fixture.log(SMALL);
        long start = log.startOffset();
        List<String> found = StoreFixture.readAll(log, start, 300);
        assertThat(found).as(scenario + ": no hole").hasSize((int) (log.endOffset() - start));
        boolean old = promises.before.isPresent() && promises.before.get().allows(start, found);
        assertThat(promises.now.allows(start, found) || old)
                .as("%s: found %s from %s, promised %s", scenario, found, start, promises.now)
                .isTrue();
        if (start == promises.now.start) {
            long least = powerLoss ? promises.flushed : promises.written;
            assertThat(log.endOffset()).as(scenario + ": end").isGreaterThanOrEqualTo(least);
        }
        int next = (int) log.endOffset();
        // T1: the producer is known exactly as far as the log goes.
        if (next > start) {
            assertThat(log.stage(Batches.from(7, 0, next - 1, "again"), 20, 0))
                    .as(scenario)
                    .isEqualTo(new Staged.Duplicate(next - 1, next - 1, -1));
        } else {
            assertThat(log.producers()).as(scenario).isEmpty();
        }
        assertThat(fixture.append(log, Batches.from(7, 0, next, "next")))
                .as(scenario)
                .isEqualTo(new Staged.Ok(next, next, -1));
        fixture.store.close();
    }

    @Test
    void r6PowerLossDuringACutLeavesTheOldEndTheNewOrOneBetween() throws Exception {
        sweep.powerLosses(CutCrashTest::check);
    }

    @Test
    void r6KillDuringACutLeavesTheOldEndTheNewOrOneBetween() throws Exception {
        sweep.kills(CutCrashTest::check);
    }
}
