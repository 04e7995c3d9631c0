package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.Cancellable;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import io.sluice.base.Loops;
import io.sluice.base.SystemClock;
import io.sluice.base.Workers;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real threads and real files: one writes, others read and delete. */
class ConcurrencyTest {
    private static final LogConfig SMALL = LogConfig.DEFAULTS
            .withRoll(new LogConfig.Roll(64 * 1024, Long.MAX_VALUE, 512))
            .withRetention(new LogConfig.Retention(true, false, 400_000, -1, 1));

    private final ScheduledExecutorService home = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    @AfterEach
    void stopThreads() {
        home.shutdownNow();
        pool.shutdownNow();
    }

    private final Loop loop = new Loop() {
        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return false;
        }

        @Override
        public void execute(Runnable task) {
            home.execute(task);
        }

        @Override
        public Cancellable schedule(long delayMs, Runnable task) {
            Future<?> future = home.schedule(task, delayMs, TimeUnit.MILLISECONDS);
            return () -> future.cancel(false);
        }

        @Override
        public Clock clock() {
            return SystemClock.INSTANCE;
        }
    };

    private LogStore open(Path folder) throws Exception {
        Workers workers = pool::execute;
        StoreConfig config = StoreConfig.of(List.of(folder), new StoreIdentity("c", 1))
                .withMaxOpenFiles(4)
                .withBackground(new StoreConfig.Background(20, 200_000, 64, 50, 20, 86_400_000, 10 << 20));
        LogStore store = LogStore.open(
                config,
                new StorePorts(new NioDisk(), SystemClock.INSTANCE, new Loops(List.of(loop)), workers),
                StoreListener.NONE);
        store.load(LoadProgress.NONE).toCompletableFuture().get(20, TimeUnit.SECONDS);
        store.start();
        return store;
    }

    @Test
    void s13ReadersSeeWholeConsecutiveBatchesWhileSegmentsComeAndGo(@TempDir Path folder) throws Exception {
        LogStore store = open(folder);
        PartitionLog log = store.openOrCreate(StoreFixture.ID, SMALL);
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Long>> readers = new ArrayList<>();
        for (int r = 0; r < 3; r++) {
            int maxBytes = 2_000 + 5_000 * r;
            Callable<Long> reader = () -> follow(log, stop, maxBytes);
            readers.add(pool.submit(reader));
        }
        int batches = 20_000;
        for (int i = 0; i < batches; i += 20) {
            int from = i;
            home.submit(() -> appendTwenty(log, from)).get();
        }
        stop.set(true);
        for (Future<Long> reader : readers) {
            assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo(batches);
        }
        assertThat(log.failure()).isEmpty();
        assertThat(log.startOffset()).as("retention has run").isPositive();
        store.closeCleanly(1).toCompletableFuture().get(20, TimeUnit.SECONDS);

        LogStore again = open(folder);
        PartitionLog reopened = again.find(StoreFixture.ID).orElseThrow();
        assertThat(reopened.endOffset()).isEqualTo(batches);
        assertThat(StoreFixture.readAll(reopened, reopened.startOffset(), 9_000))
                .hasSize((int) (batches - reopened.startOffset()))
                .endsWith("value-" + (batches - 1));
        again.closeCleanly(2).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void s13ReadersSeeOneHistoryWhileTheEndIsCutUnderThem(@TempDir Path folder) throws Exception {
        LogStore store = open(folder);
        PartitionLog log = store.openOrCreate(StoreFixture.ID, SMALL);
        AtomicBoolean stop = new AtomicBoolean();
        List<Future<Long>> readers = new ArrayList<>();
        for (int r = 0; r < 2; r++) {
            int seed = r;
            Callable<Long> reader = () -> roam(log, stop, new Random(seed));
            readers.add(pool.submit(reader));
        }
        Random random = new Random(7);
        for (int history = 0; history < 300; history++) {
            int now = history;
            int batches = 1 + random.nextInt(100);
            home.submit(() -> appendHistory(log, now, batches)).get();
            long to = Math.max(log.startOffset(), log.endOffset() - random.nextInt(120));
            Callable<CompletionStage<Void>> cut = () -> random.nextInt(20) == 0 ? log.resetTo(to) : log.truncateTo(to);
            home.submit(cut).get().toCompletableFuture().get(20, TimeUnit.SECONDS);
            assertThat(log.endOffset()).isLessThanOrEqualTo(to);
        }
        stop.set(true);
        for (Future<Long> reader : readers) {
            assertThat(reader.get(20, TimeUnit.SECONDS)).as("records read").isPositive();
        }
        assertThat(log.failure()).isEmpty();
        store.closeCleanly(1).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static void appendHistory(PartitionLog log, int history, int batches) {
        for (int i = 0; i < batches; i++) {
            long offset = log.stagedEndOffset();
            Staged staged = log.stage(Batches.of(1000 + offset, history + "/" + offset), history, 1000);
            if (!staged.equals(new Staged.Ok(offset, offset, -1))) {
                throw new AssertionError(staged);
            }
        }
        if (!log.write().equals(WriteOutcome.WRITTEN)) {
            throw new AssertionError("not written");
        }
    }

    /** Reads here and there, often with a limit that is out of date; returns how many records it saw. */
    private static long roam(PartitionLog log, AtomicBoolean stop, Random random) throws Exception {
        long seen = 0;
        LogPosition limit = log.endPosition();
        while (!stop.get()) {
            if (random.nextInt(10) == 0) {
                limit = log.endPosition();
            }
            long offset = log.startOffset() + random.nextInt(200);
            try (LogSlice slice = log.read(offset, 1 + random.nextInt(4_000), limit, true)) {
                if (random.nextInt(4) == 0) {
                    Thread.yield();
                }
                ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
                slice.readInto(bytes, 0);
                bytes.flip();
                long[] last = {-1, -1};
                Records.forEach(bytes, record -> {
                    String[] says = Batches.text(record.value().orElseThrow()).split("/", -1);
                    assertThat(Long.parseLong(says[1])).isEqualTo(record.offset());
                    assertThat(Long.parseLong(says[0])).as("history").isGreaterThanOrEqualTo(last[0]);
                    last[0] = Long.parseLong(says[0]);
                    last[1] = record.offset();
                });
                if (bytes.limit() > 0) {
                    assertThat(last[1]).isGreaterThanOrEqualTo(offset);
                    seen++;
                }
            } catch (OffsetOutOfRangeException e) {
                assertThat(offset < e.startOffset() || offset > e.endOffset()).isTrue();
            } catch (EOFException e) {
                Thread.onSpinWait(); // cut off under the slice
            }
        }
        return seen;
    }

    private static void appendTwenty(PartitionLog log, int from) {
        for (int i = from; i < from + 20; i++) {
            Staged staged = log.stage(Batches.of(1000 + i, "value-" + i), 0, 1000 + i);
            if (!staged.equals(new Staged.Ok(i, i, -1))) {
                throw new AssertionError(staged);
            }
        }
        if (!log.write().equals(WriteOutcome.WRITTEN)) {
            throw new AssertionError("not written");
        }
        log.highWatermark(log.endOffset());
    }

    /** Reads on until the end after {@code stop}; each record must say which offset it has. */
    private static long follow(PartitionLog log, AtomicBoolean stop, int maxBytes) throws Exception {
        long offset = 0;
        while (true) {
            boolean last = stop.get();
            try (LogSlice slice = log.read(offset, maxBytes, log.endPosition(), true)) {
                if (slice.bytes() == 0) {
                    if (last) {
                        return offset;
                    }
                    Thread.onSpinWait();
                    continue;
                }
                ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
                slice.readInto(bytes, 0);
                bytes.flip();
                long[] next = {offset};
                Records.forEach(bytes, record -> {
                    if (record.offset() >= next[0]) {
                        assertThat(record.offset()).isEqualTo(next[0]);
                        assertThat(Batches.text(record.value().orElseThrow())).isEqualTo("value-" + next[0]);
                        next[0]++;
                    }
                });
                assertThat(next[0]).isGreaterThan(offset);
                offset = next[0];
            } catch (OffsetOutOfRangeException e) {
                assertThat(offset).isLessThan(e.startOffset());
                offset = e.startOffset();
            }
        }
    }
}
