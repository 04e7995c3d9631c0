package io.sluice.engine.group;

import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A coordinator's log in memory. Appends become durable at once, or when the test says so, or fail. */
final class MemoryLog implements CoordinatorLog {
    record Entry(CoordinatorRecord record, long timestampMs) {}

    private record Waiting(List<CoordinatorRecord> records, long timestampMs, Outcome outcome) {}

    private final Loop loop;
    private final List<Entry> durable = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private boolean held;
    private boolean failing;
    private boolean loadHeld;
    private Runnable load = () -> {};
    private int loads;

    MemoryLog(Loop loop) {
        this.loop = loop;
    }

    @Override
    public void append(List<CoordinatorRecord> records, long timestampMs, Outcome outcome) {
        if (failing) {
            loop.execute(() -> outcome.appended(new IllegalStateException("the disk says no")));
            return;
        }
        waiting.add(new Waiting(List.copyOf(records), timestampMs, outcome));
        if (!held) {
            loop.execute(this::settle);
        }
    }

    @Override
    public boolean takesAppends() {
        return true;
    }

    @Override
    public CompletionStage<Void> load(Sink sink) {
        loads++;
        CompletableFuture<Void> done = new CompletableFuture<>();
        load = () -> {
            for (Entry entry : durable) {
                sink.record(
                        entry.record().key().buffer(),
                        entry.record().value().map(Bytes::buffer).orElse(null),
                        entry.timestampMs());
            }
            done.complete(null);
        };
        if (!loadHeld) {
            load.run();
        }
        return done;
    }

    /** From now on appends wait for {@link #release}. */
    void hold() {
        held = true;
    }

    boolean isHeld() {
        return held;
    }

    /** Makes everything that waits durable, and what comes later at once. */
    void release() {
        held = false;
        settle();
    }

    /** What waits, and is not durable, is gone: power was lost. */
    void loseUndurable() {
        waiting.clear();
    }

    void failAppends(boolean fail) {
        failing = fail;
    }

    void holdLoads() {
        loadHeld = true;
    }

    void releaseLoad() {
        loadHeld = false;
        load.run();
    }

    int loads() {
        return loads;
    }

    List<Entry> durable() {
        return durable;
    }

    /** Writes a record as some earlier broker would have. */
    void write(GroupRecord record, long timestampMs) {
        durable.add(new Entry(GroupRecordCodec.encode(record), timestampMs));
    }

    private void settle() {
        List<Waiting> settled = new ArrayList<>(waiting);
        waiting.clear();
        for (Waiting append : settled) {
            append.records().forEach(record -> durable.add(new Entry(record, append.timestampMs())));
            append.outcome().appended(null);
        }
    }
}
