package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random lives of one log: appends by several producers with retries, flushes, trims, full disks, short writes, failing
 * disks, clean restarts, kills and power losses, against a model. A failing seed is in the assertion's message and replays
 * exactly.
 */
class LogSimulationTest {
    private static final Path FOLDER = Path.of("/data");
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 40);
    private static final long ONLY_SEED = Long.getLong("sluice.seed", -1);
    private static final int STEPS = 120;

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000, 2_000_000})
    void logAgreesWithItsModelThroughEveryLife(long firstSeed) throws Exception {
        long first = ONLY_SEED < 0 ? firstSeed : ONLY_SEED;
        long last = ONLY_SEED < 0 ? firstSeed + SEEDS - 1 : ONLY_SEED;
        for (long seed = first; seed <= last; seed++) {
            try {
                new Life(seed).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    /** One run. The model: each batch with its place, how far was flushed, what each producer sends next. */
    private static final class Life {
        private record Sent(long producer, int sequence, String[] values, long baseOffset) {}

        private final Random random;
        private final LogConfig config;
        private final StoreConfig storeConfig;
        private MemoryDisk disk = new MemoryDisk();
        private StoreFixture fixture;
        private PartitionLog log;
        /** Batches by place; those below the start are kept, too. */
        private final List<Sent> model = new ArrayList<>();

        private long flushed;
        private long start;
        /** Records before this offset were said to be deleted, whatever happens. */
        private long deletedForGood;

        private int epoch;
        /** Where the log ends while the model holds nothing. */
        private long emptyEnd;

        Life(long seed) throws Exception {
            random = new Random(seed);
            config = LogConfig.DEFAULTS
                    .withRoll(new LogConfig.Roll(700 + random.nextInt(3000), Long.MAX_VALUE, random.nextInt(400)))
                    .withRetention(new LogConfig.Retention(true, false, 4000 + random.nextInt(8000), -1, 500));
            storeConfig = StoreConfig.of(List.of(FOLDER), new StoreIdentity("cluster", 1))
                    .withMaxOpenFiles(1 + random.nextInt(6))
                    .withSpace(new StoreConfig.DiskSpace(0, 0, 1_000))
                    .withBackground(new StoreConfig.Background(
                            1_000 + random.nextInt(4_000), 3_000, 64, 2_000, 4_000, 86_400_000, 4_000));
            fixture = open();
            log = fixture.log(config);
        }

        private StoreFixture open() throws Exception {
            StoreFixture opened = StoreFixture.open(disk, storeConfig, StoreListener.NONE);
            opened.store.start();
            return opened;
        }

        private long end() {
            if (model.isEmpty()) {
                return emptyEnd;
            }
            Sent last = model.get(model.size() - 1);
            return last.baseOffset + last.values.length;
        }

        void run() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                int choice = random.nextInt(100);
                if (choice < 55) {
                    append();
                } else if (choice < 65) {
                    if (fixture.flush(log) instanceof Long offset) {
                        assertThat(offset).isEqualTo(log.endOffset());
                        flushed = offset;
                    }
                } else if (choice < 75) {
                    log.highWatermark(log.endOffset());
                    fixture.loop.advanceMs(random.nextInt(3_000));
                } else if (choice < 80) {
                    delete();
                } else if (choice < 84) {
                    trouble();
                } else if (choice < 87) {
                    truncate();
                } else if (choice < 90) {
                    read();
                } else if (choice < 94) {
                    restartCleanly();
                } else if (choice < 97) {
                    fixture.store.close();
                    disk.afterKill();
                    comeBack(end());
                } else {
                    fixture.store.close();
                    disk = disk.afterPowerLoss(random.nextLong());
                    comeBack(flushed);
                }
                start = Math.max(start, log.startOffset());
                flushed = Math.max(flushed, log.flushedOffset());
            }
            read();
        }

        private void delete() {
            CompletableFuture<Void> safe = log.deleteRecordsBefore(log.startOffset() + random.nextInt(10))
                    .toCompletableFuture();
            long asked = log.startOffset();
            if (random.nextBoolean()) {
                fixture.loop.runAll();
            }
            if (safe.isDone() && !safe.isCompletedExceptionally()) {
                deletedForGood = Math.max(deletedForGood, asked);
            }
        }

        /** Back to some offset from the start on; sometimes all is dropped, for a start near the end. */
        private void truncate() {
            disk.faults(MemoryDisk.Faults.NONE);
            disk.capacity(Long.MAX_VALUE);
            fixture.loop.advanceMs(2_000); // what waited for space goes on
            if (log.failure().isPresent()) {
                return;
            }
            long room = log.endOffset() - log.startOffset();
            long offset = log.endOffset() - (room == 0 ? 0 : random.nextInt((int) Math.min(room, 40) + 1));
            boolean reset = random.nextInt(8) == 0;
            fixture.join(reset ? log.resetTo(offset) : log.truncateTo(offset));
            if (reset) {
                model.clear();
                emptyEnd = offset;
                assertThat(log.startOffset()).isEqualTo(offset);
            }
            keep(sent -> sent.baseOffset + sent.values.length <= offset);
            assertThat(log.endOffset()).isBetween(offset - 3, offset).isEqualTo(end());
            flushed = Math.min(flushed, log.endOffset());
            start = log.startOffset();
            deletedForGood = Math.min(deletedForGood, log.startOffset());
            log.beginEpoch(++epoch); // who cuts follows, and leads in a later epoch only
        }

        private void keep(Predicate<Sent> condition) {
            if (!model.isEmpty()) {
                emptyEnd = model.get(0).baseOffset;
            }
            model.removeIf(condition.negate());
        }

        private void append() throws IOException {
            List<Sent> group = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                long producer = random.nextInt(3);
                Sent last = lastOf(producer, group);
                int next = last == null ? 0 : last.sequence + last.values.length;
                if (last != null && random.nextInt(5) == 0 && last.baseOffset >= log.startOffset()) {
                    Staged again = stage(last);
                    if (!(again instanceof Staged.Refused)) {
                        long lastOffset = last.baseOffset + last.values.length - 1;
                        assertThat(again).isEqualTo(new Staged.Duplicate(last.baseOffset, lastOffset, -1));
                    }
                }
                String[] values = new String[1 + random.nextInt(3)];
                for (int v = 0; v < values.length; v++) {
                    values[v] = producer + "/" + (next + v) + "-" + "x".repeat(random.nextInt(120));
                }
                Sent sent = new Sent(producer, next, values, log.stagedEndOffset());
                Staged staged = stage(sent);
                if (staged instanceof Staged.Ok ok) {
                    assertThat(ok.baseOffset()).isEqualTo(sent.baseOffset);
                    group.add(sent);
                } else {
                    assertThat(((Staged.Refused) staged).reason())
                            .isIn(Staged.Reason.DISK_FULL, Staged.Reason.RECOVERING, Staged.Reason.UNAVAILABLE);
                }
            }
            WriteOutcome outcome = log.write();
            for (Sent sent : group) {
                if (sent.baseOffset < log.endOffset()) {
                    model.add(sent);
                } else {
                    assertThat(outcome).isInstanceOf(WriteOutcome.Failed.class);
                }
            }
            assertThat(log.endOffset()).isEqualTo(end()).isEqualTo(log.stagedEndOffset());
        }

        private Sent lastOf(long producer, List<Sent> group) {
            Map<Long, Sent> last = new HashMap<>();
            model.forEach(sent -> last.put(sent.producer, sent));
            group.forEach(sent -> last.put(sent.producer, sent));
            return last.get(producer);
        }

        private Staged stage(Sent sent) {
            return log.stage(
                    Batches.from(sent.producer, 0, sent.sequence, sent.values),
                    epoch,
                    fixture.loop.clock().wallMs());
        }

        private void trouble() {
            switch (random.nextInt(5)) {
                case 0 -> disk.capacity(disk.used() + random.nextInt(600));
                case 1, 2 -> disk.capacity(Long.MAX_VALUE);
                case 3 -> disk.mostPerWrite(1 + random.nextInt(300));
                default -> {
                    int[] left = {random.nextInt(20)};
                    disk.faults((op, path) -> {
                        boolean fragile = op == MemoryDisk.Op.WRITE || op == MemoryDisk.Op.SYNC;
                        if (fragile && random.nextInt(4) == 0 && left[0]-- == 0) {
                            throw new IOException("Input/output error");
                        }
                    });
                }
            }
        }

        private void restartCleanly() throws Exception {
            boolean failed = fixture.store.folderFailure(FOLDER).isPresent();
            fixture.join(fixture.store.closeCleanly(1));
            disk.faults(MemoryDisk.Faults.NONE);
            disk.capacity(Long.MAX_VALUE);
            long before = end();
            boolean settled = log.failure().stream().allMatch(LogFailure.Closed.class::isInstance);
            disk.afterKill();
            comeBack(before);
            if (!failed && settled && fixture.report.clean()) {
                flushed = log.endOffset();
            }
        }

        /** Opens the store again; the log must be a prefix of the model that reaches at least {@code atLeast}. */
        private void comeBack(long atLeast) throws Exception {
            disk.faults(MemoryDisk.Faults.NONE);
            disk.capacity(Long.MAX_VALUE);
            fixture = open();
            log = fixture.log(config);
            assertThat(log.failure()).isEmpty();
            assertThat(log.endOffset()).as("end").isBetween(atLeast, end());
            assertThat(log.startOffset()).as("start").isBetween(deletedForGood, start);
            keep(sent -> sent.baseOffset < log.endOffset());
            assertThat(log.endOffset()).as("a batch is whole or gone").isEqualTo(end());
            start = log.startOffset();
            flushed = Math.min(flushed, log.endOffset());
            log.beginEpoch(++epoch);
            read();
        }

        private void read() throws Exception {
            List<String> expected = new ArrayList<>();
            for (Sent sent : model) {
                for (int i = 0; i < sent.values.length; i++) {
                    if (sent.baseOffset + i >= log.startOffset()) {
                        expected.add(sent.values[i]);
                    }
                }
            }
            assertThat(StoreFixture.readAll(log, log.startOffset(), random.nextInt(3_000)))
                    .isEqualTo(expected);
            if (log.endOffset() > log.startOffset()) {
                try (LogSlice slice = log.read(log.endOffset() - 1, 1 << 20, log.endPosition(), true)) {
                    ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
                    slice.readInto(bytes, 0);
                    assertThat(bytes.position()).isPositive();
                }
            }
        }
    }
}
