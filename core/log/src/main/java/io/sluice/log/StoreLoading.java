package io.sluice.log;

import io.sluice.base.EpochChain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings all logs of a store back: from the manifest where there is one, else by recovery, several at once. Used once;
 * runs on workers.
 */
final class StoreLoading {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLoading.class);

    private final LogStore store;
    private final StoreParts parts;
    private final StoreProof proof;
    private final StoreConfig.DiskSpace space;
    private final LoadProgress progress;
    private final Consumer<PartitionLog> found;
    private final List<Unclean> unclean = new ArrayList<>();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicLong scannedBytes = new AtomicLong();
    private final ConcurrentLinkedQueue<LoadReport.Cut> cuts = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<LogId> corrupt = new ConcurrentLinkedQueue<>();
    private boolean clean = true;
    private OptionalLong brokerEpoch = OptionalLong.empty();
    private volatile EpochChain proven = EpochChain.NONE;
    private int total;

    /** A folder that has to be recovered. */
    private record Unclean(
            LogId id, DataFolder folder, Path path, Optional<LogSummary> checkpoint, List<ProducerBase> producers) {}

    /** @param found takes each log, on any thread */
    StoreLoading(
            LogStore store,
            StoreParts parts,
            StoreProof proof,
            StoreConfig.DiskSpace space,
            LoadProgress progress,
            Consumer<PartitionLog> found) {
        this.proof = proof;
        this.space = space;
        this.store = store;
        this.parts = parts;
        this.progress = progress;
        this.found = found;
    }

    CompletableFuture<LoadReport> load(List<DataFolder> folders, int parallelism) {
        CompletableFuture<Void> prepared =
                WorkQueue.forEach(parts.workers(), 1, List.of(folders), all -> all.forEach(this::prepare));
        return prepared.thenCompose(nothing -> WorkQueue.forEach(parts.workers(), parallelism, unclean, this::recover))
                .thenCompose(nothing ->
                        WorkQueue.forEach(parts.workers(), 1, List.of(proof), its -> proven = its.conclude()))
                .thenApply(nothing -> report());
    }

    private LoadReport report() {
        LOG.info(
                "logs loaded: count={} clean={} proven={} scannedBytes={} cuts={} corrupt={}",
                total,
                clean,
                proven,
                scannedBytes.get(),
                cuts.size(),
                corrupt.size());
        return new LoadReport(
                total,
                clean,
                clean ? brokerEpoch : OptionalLong.empty(),
                proven,
                scannedBytes.get(),
                List.copyOf(cuts),
                List.copyOf(corrupt));
    }

    private void prepare(DataFolder folder) {
        try {
            folder.lookAtSpace(space);
            Map<String, LogId> names = new HashMap<>();
            List<String> all = parts.disk().names(folder.path());
            store.damaged().found(folder, all);
            for (String name : all) {
                if (name.endsWith(LogFiles.DELETED)) {
                    parts.removals().folder(folder.path().resolve(name), 0);
                } else {
                    FolderName.parse(name).ifPresent(id -> names.put(name, id));
                }
            }
            EpochChain marked = EpochMark.take(parts.disk(), folder.path());
            Optional<CleanManifest> manifest = CleanManifest.take(parts.disk(), folder.path());
            proof.found(folder, manifest.map(CleanManifest::chain).orElse(marked));
            if (manifest.isPresent()) {
                brokerEpoch = OptionalLong.of(manifest.get().brokerEpoch());
                for (CleanManifest.Entry entry : manifest.get().logs()) {
                    if (names.remove(entry.summary().folderName()) != null) {
                        take(folder, entry);
                    } else {
                        proof.doubt(folder);
                        LOG.error(
                                "a log's folder is missing: log={}",
                                entry.summary().id());
                    }
                }
            } else {
                // An empty data folder is a clean one.
                clean &= names.isEmpty();
            }
            total += names.size();
            recoverAll(folder, names);
            progress.loaded(done.get(), total);
        } catch (IOException e) {
            throw new UncheckedIOException("loading data folder " + folder.path() + " failed", e);
        }
    }

    private void recoverAll(DataFolder folder, Map<String, LogId> names) throws IOException {
        if (names.isEmpty()) {
            return;
        }
        // The names of the partitions' folders may not have been safe when the last process died.
        parts.disk().syncFolder(folder.path());
        RecoveryCheckpoint checkpoint = RecoveryCheckpoint.read(parts.disk(), folder.path());
        Map<String, CleanManifest.Entry> lastClean = new HashMap<>();
        CleanManifest.lastTaken(parts.disk(), folder.path()).ifPresent(manifest -> manifest.logs()
                .forEach(entry -> lastClean.put(entry.summary().folderName(), entry)));
        names.forEach((name, id) -> {
            Optional<LogSummary> summary = Optional.ofNullable(checkpoint.logs().get(name));
            // Of a log that was cut since, the manifest may know producers by records that are gone.
            long cutTo = summary.map(LogSummary::cutTo).orElse(LogState.NOTHING_LEFT);
            List<ProducerBase> bases = Optional.ofNullable(lastClean.get(name)).stream()
                    .map(StoreLoading::producers)
                    .filter(base -> base.offset() <= cutTo)
                    .toList();
            LogId known = summary.map(LogSummary::id).orElse(id);
            unclean.add(new Unclean(known, folder, folder.path().resolve(name), summary, bases));
        });
    }

    private static ProducerBase producers(CleanManifest.Entry entry) {
        long end = entry.summary().flushed().position().offset();
        Optional<ByteBuffer> packed = entry.producers();
        return new ProducerBase(end, packed);
    }

    /** A log after a clean shutdown: none of its files is looked at. */
    private void take(DataFolder folder, CleanManifest.Entry entry) {
        LogSummary summary = entry.summary();
        Path path = folder.path().resolve(summary.folderName());
        LogPlace place = store.place(summary.id(), folder, path, 0);
        long end = summary.flushed().position().offset();
        List<Segment> segments = new ArrayList<>();
        for (CleanManifest.SegmentSummary segment : entry.segments()) {
            segments.add(Segment.existing(place.segments(), segment.base(), segment.size(), segment.maxTimestamp()));
        }
        if (segments.isEmpty()) {
            segments.add(Segment.fresh(place.segments(), end));
        }
        segments.get(segments.size() - 1).startedMs(summary.flushed().startedMs());
        LoadedLog loaded = new LoadedLog(
                summary.startOffset(),
                end,
                segments,
                new LogState(summary.flushed(), summary.epochs(), LogState.NEVER_CUT),
                summary.highWatermark(),
                producers(entry),
                Optional.empty(),
                Optional.empty());
        found.accept(new PartitionLog(summary.id(), LogConfig.DEFAULTS, place, loaded));
        total++;
        done.incrementAndGet();
    }

    private void recover(Unclean item) {
        LogPlace place = store.place(item.id, item.folder, item.path, 0);
        LogRecovery recovery = new LogRecovery(item.id, place, item.checkpoint, item.producers);
        try {
            LoadedLog loaded = recovery.recover();
            scannedBytes.addAndGet(recovery.scannedBytes());
            recovery.cut().ifPresent(cuts::add);
            PartitionLog log = new PartitionLog(item.id, LogConfig.DEFAULTS, place, loaded);
            if (recovery.suspicious() || loaded.lostRecords()) {
                proof.doubt(item.folder);
            }
            if (loaded.corrupt().isPresent() && loaded.corrupt().get() instanceof LogFailure.Corrupt damage) {
                corrupt.add(item.id);
                LOG.error("log is corrupt and quarantined: log={} because={}", item.id, damage.message());
                parts.listener().onCorrupt(item.id, damage);
            }
            if (!loaded.unflushed().isEmpty()) {
                log.home().execute(log::adoptUnflushed);
            }
            found.accept(log);
        } catch (IOException e) {
            throw new UncheckedIOException("recovering " + item.id + " in " + item.path + " failed", e);
        }
        progress.loaded(done.incrementAndGet(), total);
    }
}
