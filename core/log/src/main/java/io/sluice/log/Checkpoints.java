package io.sluice.log;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the recovery checkpoints of all data folders, on a worker, one round at a time; whoever asks during a round
 * shares the next one. Safe from any thread.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final long RETRY_MS = 20;

    private final Disk disk;
    private final Workers workers;
    private final Loop retries;
    private final List<DataFolder> folders;
    private final Supplier<Collection<PartitionLog>> logs;
    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    /** Touched by the running round only. */
    private final Map<DataFolder, RecoveryCheckpoint> written = new HashMap<>();

    private volatile boolean stopped;

    /** Somebody who wants a log's checkpoint to be on disk, or, without a log, only a round to be over. */
    private record Waiter(@Nullable PartitionLog log, CompletableFuture<Void> done) {}

    /** @param retries where to wait for a worker when none is free */
    Checkpoints(StorePorts ports, Loop retries, List<DataFolder> folders, Supplier<Collection<PartitionLog>> logs) {
        this.disk = ports.disk();
        this.workers = ports.workers();
        this.retries = retries;
        this.folders = List.copyOf(folders);
        this.logs = logs;
    }

    /** Asks for a round; nobody waits for it. */
    void request() {
        ask(null);
    }

    /**
     * Asks for a round. Done, on any thread, when what {@code log} says now is on disk; fails with a {@link LogException}
     * when it could not be written, or the store closes.
     */
    CompletionStage<Void> request(PartitionLog log) {
        return ask(log);
    }

    /** No checkpoint is written by this any more. Done when the round under way is over. */
    CompletableFuture<Void> stop() {
        stopped = true;
        return ask(null);
    }

    private CompletableFuture<Void> ask(@Nullable PartitionLog log) {
        Waiter waiter = new Waiter(log, new CompletableFuture<>());
        waiting.add(waiter);
        start();
        return waiter.done;
    }

    private void start() {
        if (waiting.isEmpty() || !running.compareAndSet(false, true)) {
            return;
        }
        try {
            workers.execute(this::round);
        } catch (RejectedExecutionException e) {
            running.set(false);
            retries.schedule(RETRY_MS, this::start);
        }
    }

    private void round() {
        List<Waiter> served = new ArrayList<>();
        for (Waiter waiter = waiting.poll(); waiter != null; waiter = waiting.poll()) {
            served.add(waiter);
        }
        Map<DataFolder, LogFailure> failures = new HashMap<>();
        boolean late = stopped;
        for (DataFolder folder : folders) {
            LogFailure failure = late ? null : write(folder);
            if (failure != null) {
                failures.put(folder, failure);
            }
        }
        running.set(false);
        for (Waiter waiter : served) {
            LogFailure failure = null;
            if (waiter.log != null) {
                failure = late ? new LogFailure.Closed(waiter.log.id()) : failures.get(waiter.log.dataFolder());
            }
            if (failure == null) {
                waiter.done.complete(null);
            } else {
                waiter.done.completeExceptionally(new LogException(failure));
            }
        }
        start();
    }

    /** Writes one folder's checkpoint if it has changed. */
    private @Nullable LogFailure write(DataFolder folder) {
        if (folder.failed()) {
            return new LogFailure.FolderFailed(folder.path(), folder.failure().orElse(""));
        }
        List<LogSummary> summaries = new ArrayList<>();
        for (PartitionLog log : logs.get()) {
            if (log.dataFolder() == folder && log.endOffset() > 0) {
                summaries.add(log.summary());
            }
        }
        RecoveryCheckpoint checkpoint = RecoveryCheckpoint.of(summaries);
        if (checkpoint.equals(written.get(folder))) {
            return null;
        }
        try {
            checkpoint.write(disk, folder.path());
            written.put(folder, checkpoint);
            return null;
        } catch (IOException e) {
            if (IoErrors.passing(e)) {
                LOG.warn("recovery checkpoint not written, the old one stays: folder={}", folder.path(), e);
                return IoErrors.diskFull(e)
                        ? new LogFailure.DiskFull(folder.path())
                        : new LogFailure.OutOfDescriptors(folder.path());
            }
            return folder.fail("writing the recovery checkpoint failed", e);
        }
    }
}
