package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.Loops;
import io.sluice.base.ManualClock;
import io.sluice.base.ManualLoop;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** A store on one hand-driven loop, for tests: on any disk, to be closed, crashed and opened again. */
public final class StoreFixture {
    public static final LogId ID = new LogId(new UUID(1, 2), "topic", 0);

    public final ManualLoop loop;
    public final LogStore store;
    public final LoadReport report;

    private StoreFixture(ManualLoop loop, LogStore store, LoadReport report) {
        this.loop = loop;
        this.store = store;
        this.report = report;
    }

    public static StoreFixture open(Disk disk, Path folder) throws StoreException {
        return open(disk, StoreConfig.of(List.of(folder), new StoreIdentity("cluster", 1)), StoreListener.NONE);
    }

    public static StoreFixture open(Disk disk, StoreConfig config, StoreListener listener) throws StoreException {
        ManualLoop loop = new ManualLoop(new ManualClock(), 0);
        StorePorts ports = new StorePorts(disk, loop.clock(), new Loops(List.of(loop)), loop);
        LogStore store = LogStore.open(config, ports, listener);
        CompletionStage<LoadReport> loading = store.load(LoadProgress.NONE);
        loop.runAll();
        return new StoreFixture(loop, store, loading.toCompletableFuture().join());
    }

    /** One whose workers are driven by hand, too. */
    static StoreFixture open(Disk disk, StoreConfig config, StoreListener listener, HeldWorkers workers)
            throws StoreException {
        ManualLoop loop = new ManualLoop(new ManualClock(), 0);
        StorePorts ports = new StorePorts(disk, loop.clock(), new Loops(List.of(loop)), workers);
        LogStore store = LogStore.open(config, ports, listener);
        CompletableFuture<LoadReport> loading = store.load(LoadProgress.NONE).toCompletableFuture();
        while (!loading.isDone()) {
            workers.runAll();
            loop.runAll();
        }
        return new StoreFixture(loop, store, loading.join());
    }

    /** Runs the loop until {@code stage} is done. */
    public <T> T join(CompletionStage<T> stage) {
        loop.runAll();
        return stage.toCompletableFuture().join();
    }

    public PartitionLog log(LogConfig config) throws LogException {
        return store.openOrCreate(ID, config);
    }

    public PartitionLog log() throws LogException {
        return log(LogConfig.DEFAULTS);
    }

    /** Stages and writes one batch. */
    public Staged append(PartitionLog log, ByteBuffer batch) {
        Staged staged = log.stage(batch, 0, loop.clock().wallMs());
        assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
        return staged;
    }

    /** Flushes and returns what the callback heard: an offset or a failure. */
    public Object flush(PartitionLog log) {
        AtomicReference<Object> heard = new AtomicReference<>("nothing");
        log.flush(new FlushCallback() {
            @Override
            public void onFlushed(long offset) {
                heard.set(offset);
            }

            @Override
            public void onFailure(LogFailure failure) {
                heard.set(failure);
            }
        });
        loop.runAll();
        return Objects.requireNonNull(heard.get());
    }

    /** All values from {@code offset} to the end, read slice by slice. */
    public static List<String> readAll(PartitionLog log, long from, int maxBytes) throws Exception {
        List<String> values = new ArrayList<>();
        long offset = from;
        while (offset < log.endOffset()) {
            try (LogSlice slice = log.read(offset, maxBytes, log.endPosition(), true)) {
                ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
                slice.readInto(bytes, 0);
                bytes.flip();
                assertThat(bytes.hasRemaining()).isTrue();
                long next = offset;
                int at = 0;
                while (at < bytes.limit()) {
                    int size = BatchHeader.wholeBatchSize(bytes, at, bytes.limit());
                    assertThat(size).as("whole batches only").isPositive();
                    assertThat(BatchHeader.computeCrc(bytes, at, size)).isEqualTo(BatchHeader.crc(bytes, at));
                    next = BatchHeader.lastOffset(bytes, at) + 1;
                    at += size;
                }
                long wanted = offset;
                Records.forEach(bytes, record -> {
                    if (record.offset() >= wanted) {
                        values.add(Batches.text(record.value().orElseThrow()));
                    }
                });
                offset = next;
            }
        }
        return values;
    }
}
