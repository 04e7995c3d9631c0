package io.sluice.log;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's periodic work. Each loop looks after its own logs (flush, retention, producers); a worker does what blocks
 * (disk space, deletion, scrub). Stopped before a clean shutdown begins.
 */
final class StoreTicks {
    private static final Logger LOG = LoggerFactory.getLogger(StoreTicks.class);
    private static final long TICK_MS = 1_000;
    private static final long EXPIRY_MS = 600_000;

    private final LogStore store;
    private final StoreConfig config;
    private final StoreParts parts;
    private final List<LoopParts> homes;
    private final Scrub scrub;
    private final ConcurrentHashMap<String, Cancellable> timers = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    StoreTicks(LogStore store, StoreConfig config, StoreParts parts, List<LoopParts> homes) {
        this.store = store;
        this.config = config;
        this.parts = parts;
        this.homes = homes;
        this.scrub = new Scrub(store);
    }

    void start() {
        StoreConfig.Background background = config.background();
        Loop first = homes.get(0).loop();
        for (LoopParts home : homes) {
            Loop loop = home.loop();
            every("flush-" + loop.index(), TICK_MS, loop, () -> flushAged(home));
            every("retention-" + loop.index(), background.retentionCheckMs(), loop, () -> retain(home));
            every("expiry-" + loop.index(), EXPIRY_MS, loop, () -> expire(home));
        }
        everyOnWorker("space", config.space().checkMs(), first, this::lookAtSpace);
        everyOnWorker("removal", TICK_MS, first, () -> parts.removals().run(false));
        every("checkpoint", background.checkpointMs(), first, parts.checkpoints()::request);
        if (background.scrubBytesPerSecond() > 0) {
            everyOnWorker("scrub", TICK_MS, first, () -> scrub.step(background.scrubBytesPerSecond()));
        }
    }

    void stop() {
        stopped = true;
        timers.values().forEach(Cancellable::cancel);
        timers.clear();
    }

    private void every(String name, long periodMs, Loop loop, Runnable work) {
        if (stopped) {
            return;
        }
        timers.put(name, loop.schedule(periodMs, () -> {
            if (!stopped) {
                work.run();
                every(name, periodMs, loop, work);
            }
        }));
    }

    /** At most one run of it at a time. */
    private void everyOnWorker(String name, long periodMs, Loop loop, Runnable work) {
        AtomicBoolean running = new AtomicBoolean();
        every(name, periodMs, loop, () -> {
            if (!running.compareAndSet(false, true)) {
                return;
            }
            try {
                parts.workers().execute(() -> {
                    try {
                        work.run();
                    } finally {
                        running.set(false);
                    }
                });
            } catch (RejectedExecutionException e) {
                running.set(false);
                LOG.debug("no worker for {}, the next round will do it", name);
            }
        });
    }

    /** Flushes logs whose bytes have waited long enough, a bounded number at a time. On the loop. */
    private void flushAged(LoopParts home) {
        long now = parts.clock().nanoTime();
        int budget = config.background().flushesPerSecond();
        Iterator<PartitionLog> dirty = home.dirty().iterator();
        while (dirty.hasNext() && budget > 0) {
            PartitionLog log = dirty.next();
            if (!log.isDirty()) {
                dirty.remove();
                continue;
            }
            long patienceMs =
                    Math.min(log.config().flush().ms(), config.background().flushAfterMs());
            if ((now - log.dirtySinceNanos()) / 1_000_000 >= patienceMs) {
                log.flushInBackground();
                budget--;
            }
        }
    }

    private void retain(LoopParts home) {
        long now = parts.clock().wallMs();
        int logs = 0;
        int segments = 0;
        for (PartitionLog log : store.logs()) {
            int removed = log.place().home() == home ? log.applyRetention(now, log.highWatermark()) : 0;
            logs += removed > 0 ? 1 : 0;
            segments += removed;
        }
        if (segments > 0) {
            LOG.info("retention removed segments: logs={} segments={}", logs, segments);
        }
    }

    private void expire(LoopParts home) {
        long now = parts.clock().wallMs();
        for (PartitionLog log : store.logs()) {
            if (log.place().home() == home) {
                log.expireProducers(now, config.background().producerExpirationMs());
            }
        }
    }

    private void lookAtSpace() {
        for (DataFolder folder : store.dataFolders()) {
            try {
                folder.lookAtSpace(config.space());
            } catch (IOException e) {
                LOG.warn("free disk space is not known: folder={}", folder.path(), e);
            }
        }
        store.damaged().expire();
    }
}
