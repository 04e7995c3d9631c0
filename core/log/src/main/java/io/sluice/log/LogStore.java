package io.sluice.log;

import io.sluice.base.EpochChain;
import io.sluice.base.Loop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All logs of a broker, in one or more data folders. Life cycle: {@link #open} (takes the folders' locks), {@link #load}
 * (recovers), {@link #start}, serve, {@link #closeCleanly}. Safe from any thread unless a method says otherwise.
 */
public final class LogStore implements AutoCloseable {
    private final StoreConfig config;
    private final StorePorts ports;
    private final StoreParts parts;
    private final List<OpenFolder> folders;
    private final List<LoopParts> homes = new ArrayList<>();
    private final ConcurrentHashMap<LogId, PartitionLog> logs = new ConcurrentHashMap<>();
    private final StoreTicks ticks;
    private final StoreProof proof;
    private final DamagedLogs damaged;
    private final StoreListeners listeners;
    private volatile EpochChain proven = EpochChain.NONE;

    private LogStore(StoreConfig config, StorePorts ports, StoreListeners listeners, List<OpenFolder> folders) {
        this.config = config;
        this.ports = ports;
        this.folders = List.copyOf(folders);
        this.parts = new StoreParts(
                ports.disk(),
                ports.clock(),
                ports.workers(),
                new OpenFiles(ports.disk(), config.maxOpenFiles()),
                new AppendedBytes(config.cachedBytes()),
                new Removals(ports.disk(), ports.clock()),
                new Checkpoints(ports, ports.loops().all().get(0), dataFolders(), logs::values),
                listeners,
                config.background());
        this.listeners = listeners;
        this.damaged = new DamagedLogs(ports.disk(), ports.clock());
        for (Loop loop : ports.loops().all()) {
            homes.add(new LoopParts(loop));
        }
        this.proof = new StoreProof(ports, dataFolders());
        this.ticks = new StoreTicks(this, config, parts, homes);
    }

    /**
     * Makes the folders where they are missing, locks them and checks whose they are. Blocks.
     *
     * @throws StoreException when a folder is in use, belongs to somebody else or cannot be used
     */
    public static LogStore open(StoreConfig config, StorePorts ports, StoreListener listener) throws StoreException {
        List<OpenFolder> folders = new ArrayList<>();
        StoreListeners listeners = new StoreListeners();
        listeners.add(StoreProof.unmarking(ports));
        listeners.add(listener);
        try {
            for (Path path : config.folders()) {
                folders.add(OpenFolder.open(path, config.identity(), ports.disk(), listeners));
            }
            return new LogStore(config, ports, listeners, folders);
        } catch (StoreException e) {
            folders.forEach(OpenFolder::close);
            throw e;
        }
    }

    /** Loads every log: at once after a clean shutdown, else by recovery. Call once, before anything else. */
    public CompletionStage<LoadReport> load(LoadProgress progress) {
        return new StoreLoading(this, parts, proof, config.space(), progress, log -> logs.put(log.id(), log))
                .load(dataFolders(), config.recoveryThreads())
                .thenApply(report -> {
                    proven = report.proven();
                    return report;
                });
    }

    /**
     * The registrations of this broker of which the store certainly still holds all that was written (R14), one after
     * the other: each time it was closed cleanly; or the process died under it, but neither the machine nor the file
     * system had been started when the next began, and recovery found nothing wrong. What all data folders prove. Empty
     * when that cannot be shown, as for new folders. To be asked after {@link #load}.
     */
    public EpochChain proven() {
        return proven;
    }

    /**
     * Notes in each data folder that it is written under this registration too from now on, so that the next start can
     * prove it. To be called as soon as the broker is registered, whether or not anybody took note. Done, on a worker, when it is on disk; fails with a {@link LogException} when it could not be written. A start
     * that follows before it is done proves the older registrations alone, so nobody needs to wait for it.
     */
    public CompletionStage<Void> beginEpoch(long brokerEpoch) {
        return proof.begin(brokerEpoch);
    }

    /**
     * Starts the periodic work: flushing, checkpoints, retention, disk space, deletion. Call once, after load. Without
     * it nothing of that happens by itself.
     */
    public void start() {
        ticks.start();
    }

    /** Has somebody else hear of troubles from now on. */
    public void addListener(StoreListener listener) {
        listeners.add(listener);
    }

    /** All logs. */
    public Collection<PartitionLog> logs() {
        return List.copyOf(logs.values());
    }

    public Optional<PartitionLog> find(LogId id) {
        return Optional.ofNullable(logs.get(id));
    }

    /**
     * The log with this id; made when there is none. An existing one takes {@code changed} settings. Makes a folder, but
     * no file and no fsync.
     *
     * @throws LogException when no data folder can take it
     */
    public PartitionLog openOrCreate(LogId id, LogConfig changed) throws LogException {
        PartitionLog existing = logs.get(id);
        if (existing != null) {
            existing.reconfigure(changed);
            return existing;
        }
        synchronized (this) {
            existing = logs.get(id);
            if (existing != null) {
                existing.reconfigure(changed);
                return existing;
            }
            PartitionLog created = create(id, changed);
            logs.put(id, created);
            return created;
        }
    }

    private PartitionLog create(LogId id, LogConfig changed) throws LogException {
        DataFolder folder = emptiest();
        Path path = folder.path().resolve(FolderName.of(id));
        try {
            ports.disk().createFolder(path);
        } catch (IOException e) {
            if (IoErrors.diskFull(e)) {
                throw new LogException(new LogFailure.DiskFull(folder.path()), e);
            }
            throw new LogException(folder.fail("making the folder of " + id + " failed", e), e);
        }
        LogPlace place = place(id, folder, path, folder.folderMade());
        return new PartitionLog(id, changed, place, LoadedLog.empty(place.segments()));
    }

    /** The serving data folder with the fewest logs. */
    private DataFolder emptiest() throws LogException {
        List<DataFolder> all = dataFolders();
        if (all.size() == 1 && !all.get(0).failed()) {
            return all.get(0);
        }
        return all.stream()
                .filter(folder -> !folder.failed())
                .min(Comparator.comparingLong(folder -> logs.values().stream()
                        .filter(log -> log.dataFolder() == folder)
                        .count()))
                .orElseThrow(() -> new LogException(new LogFailure.FolderFailed(
                        all.get(0).path(), all.get(0).failure().orElse(""))));
    }

    LogPlace place(LogId id, DataFolder folder, Path path, long folderNumber) {
        LoopParts home = homes.get(ports.loops().homeOf(id.hashCode()).index());
        SegmentPlace segments = new SegmentPlace(path, parts.openFiles(), parts.appended());
        return new LogPlace(parts, home, folder, segments, folderNumber);
    }

    /**
     * Closes and deletes a log; its files go after {@code file.delete.delay.ms}. Done when a crash cannot bring it back.
     * Fails, and leaves the log to the next start, once {@link #closeCleanly} has closed it.
     */
    public CompletionStage<Void> delete(LogId id) {
        PartitionLog log = logs.remove(id);
        return log == null ? CompletableFuture.completedFuture(null) : new LogRemoval(parts, log).delete();
    }

    /**
     * Closes a log that is damaged and takes what is left of it out of the way, for people to look at ({@link
     * DamagedLogs}); {@link #openOrCreate} begins it anew. To be called only when nobody counts on the log any more.
     * Done when a crash cannot bring it back.
     */
    public CompletionStage<Void> setAside(LogId id) {
        PartitionLog log = logs.get(id);
        if (log == null || !log.isDamaged() || !logs.remove(id, log)) {
            return CompletableFuture.failedFuture(new IllegalStateException(id + " has no damaged log here"));
        }
        return new LogRemoval(parts, log).setAside(damaged);
    }

    DamagedLogs damaged() {
        return damaged;
    }

    /** The data folders. */
    public List<Path> folders() {
        return folders.stream().map(open -> open.folder().path()).toList();
    }

    List<DataFolder> dataFolders() {
        return folders.stream().map(OpenFolder::folder).toList();
    }

    /** The data folder that a log lies in. */
    public Path folderOf(PartitionLog log) {
        return log.dataFolder().path();
    }

    /** Space on a data folder's disk as last looked at. */
    public Disk.Space space(Path folder) {
        return dataFolder(folder).space();
    }

    /** Whether a data folder that serves has too little room for records. */
    public boolean isShortOfRoom() {
        return dataFolders().stream().anyMatch(folder -> !folder.failed() && !folder.hasRoom(false));
    }

    /** Why a data folder is out of service, empty while it serves. */
    public Optional<String> folderFailure(Path folder) {
        return dataFolder(folder).failure();
    }

    private DataFolder dataFolder(Path path) {
        return dataFolders().stream()
                .filter(folder -> folder.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(path + " is no data folder of this store"));
    }

    /** How many segment files are open. */
    public int openFiles() {
        return parts.openFiles().count();
    }

    /**
     * Refuses appends, flushes everything, and writes the manifest that makes the next start fast. Afterwards the store
     * is closed, whether or not that succeeded.
     *
     * @param brokerEpoch remembered for the next start; -1 when the broker is not registered
     */
    public CompletionStage<Void> closeCleanly(long brokerEpoch) {
        ticks.stop();
        return parts.checkpoints()
                .stop()
                .thenCompose(nothing -> new StoreClosing(parts, brokerEpoch, proof.closing(brokerEpoch))
                        .close(logs, dataFolders(), config.recoveryThreads()))
                .whenComplete((nothing, failure) -> closeFiles());
    }

    private void closeFiles() {
        parts.removals().run(true);
        close();
    }

    /** Closes files and gives up the locks, as a crash would: the next start recovers. */
    @Override
    public void close() {
        ticks.stop();
        for (PartitionLog log : logs.values()) {
            for (Segment segment : log.segments()) {
                segment.file().tryClose();
                segment.index().file().tryClose();
            }
        }
        folders.forEach(OpenFolder::close);
    }
}
