package io.sluice.log;

import io.sluice.base.EpochChain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to a clean shutdown: every log closed by its loop, everything flushed, the recovery checkpoint, and last the
 * manifest (S4). A data folder where any of that fails gets no manifest, so that its next start is a recovery.
 */
final class StoreClosing {
    private static final Logger LOG = LoggerFactory.getLogger(StoreClosing.class);

    private final StoreParts parts;
    private final long brokerEpoch;
    private final EpochChain chain;
    private final ConcurrentLinkedQueue<ClosedLog> closed = new ConcurrentLinkedQueue<>();
    private final Set<DataFolder> failed = ConcurrentHashMap.newKeySet();

    StoreClosing(StoreParts parts, long brokerEpoch, EpochChain chain) {
        this.parts = parts;
        this.brokerEpoch = brokerEpoch;
        this.chain = chain;
    }

    /** @param logs what the store holds, as it changes: what is deleted meanwhile is left out */
    CompletableFuture<Void> close(ConcurrentMap<LogId, PartitionLog> logs, List<DataFolder> folders, int parallelism) {
        // In the order of the logs: a hash map's would be another one in each run.
        Map<LoopParts, List<PartitionLog>> byLoop = logs.values().stream()
                .collect(Collectors.groupingBy(log -> log.place().home(), LinkedHashMap::new, Collectors.toList()));
        List<CompletableFuture<Void>> loops = new ArrayList<>();
        byLoop.forEach((home, its) -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            home.loop().execute(() -> {
                its.stream()
                        .filter(log -> logs.get(log.id()) == log)
                        .forEach(log -> closed.add(log.closeForShutdown()));
                done.complete(null);
            });
            loops.add(done);
        });
        return CompletableFuture.allOf(loops.toArray(new CompletableFuture<?>[0]))
                .thenCompose(nothing -> settled())
                .thenCompose(
                        nothing -> WorkQueue.forEach(parts.workers(), parallelism, List.copyOf(closed), this::flush))
                .thenCompose(nothing -> WorkQueue.forEach(parts.workers(), parallelism, folders, this::finish));
    }

    /**
     * Waits for flushes and removals under way: the kernel reports a failed write-back once, to one of two who sync at
     * the same time, and it must have been heard when the manifest is written.
     */
    private CompletableFuture<Void> settled() {
        return CompletableFuture.allOf(closed.stream().map(ClosedLog::settled).toArray(CompletableFuture<?>[]::new));
    }

    private void flush(ClosedLog log) {
        DataFolder folder = log.log().dataFolder();
        if (folder.failed() || failed.contains(folder)) {
            return;
        }
        try {
            for (Segment segment : log.dirty()) {
                segment.writeIndexTail();
            }
            LogFlush.sync(log.log().place(), log.dirty());
        } catch (IOException e) {
            failed.add(folder);
            folder.fail("flushing " + log.log().id() + " at shutdown failed", e);
        }
    }

    private void finish(DataFolder folder) {
        if (folder.failed() || failed.contains(folder)) {
            LOG.warn("data folder is not closed cleanly, its next start recovers: folder={}", folder.path());
            return;
        }
        List<LogSummary> summaries = new ArrayList<>();
        List<CleanManifest.Entry> entries = new ArrayList<>();
        Set<LogId> unsound = new HashSet<>();
        for (ClosedLog log : closed) {
            if (log.log().dataFolder() != folder) {
                continue;
            }
            if (log.sound()) {
                summaries.add(log.entry().summary());
                entries.add(log.entry());
            } else {
                summaries.add(log.before());
                unsound.add(log.log().id());
            }
        }
        try {
            RecoveryCheckpoint.of(summaries).write(parts.disk(), folder.path());
            new CleanManifest(brokerEpoch, entries, chain).write(parts.disk(), folder.path());
            LOG.info("data folder closed: folder={} logs={} unsound={}", folder.path(), entries.size(), unsound);
        } catch (IOException e) {
            folder.fail("writing the manifest failed", e);
        }
    }
}
