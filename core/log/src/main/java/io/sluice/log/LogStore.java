package io.sluice.log;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * All logs of a broker, in one or more data folders. Life cycle: {@link #open} (takes the folders' locks), {@link #load}
 * (recovers), serve, {@link #closeCleanly}. Safe from any thread unless a method says otherwise.
 */
public final class LogStore implements AutoCloseable {
    private static UnsupportedOperationException soon() {
        return new UnsupportedOperationException("lands within the hour");
    }

    /**
     * Makes the folders where they are missing, locks them and checks whose they are. Blocks.
     *
     * @throws StoreException when a folder is in use, belongs to somebody else or cannot be used
     */
    public static LogStore open(StoreConfig config, StorePorts ports, StoreListener listener) throws StoreException {
        throw soon();
    }

    /** Loads every log: at once after a clean shutdown, else by recovery. Call once, before anything else. */
    public CompletionStage<LoadReport> load(LoadProgress progress) {
        throw soon();
    }

    /** Starts the periodic work: flushing, checkpoints, retention, disk space, deletion. Call once, after load. */
    public void start() {
        throw soon();
    }

    /** All logs. */
    public Collection<PartitionLog> logs() {
        throw soon();
    }

    public Optional<PartitionLog> find(LogId id) {
        throw soon();
    }

    /**
     * The log with this id; made when there is none. An existing one takes {@code config} by a task on its home loop.
     *
     * @throws LogException when no data folder can take it
     */
    public PartitionLog openOrCreate(LogId id, LogConfig config) throws LogException {
        throw soon();
    }

    /** Closes and deletes a log; its files go after {@code file.delete.delay.ms}. Done when a crash cannot bring it back. */
    public CompletionStage<Void> delete(LogId id) {
        throw soon();
    }

    /** The data folders. */
    public List<Path> folders() {
        throw soon();
    }

    /** The data folder that a log lies in. */
    public Path folderOf(PartitionLog log) {
        throw soon();
    }

    /** Space on a data folder's disk as last looked at. */
    public Disk.Space space(Path folder) {
        throw soon();
    }

    /** Why a data folder is out of service, empty while it serves. */
    public Optional<String> folderFailure(Path folder) {
        throw soon();
    }

    /**
     * Refuses appends, flushes everything, and writes the manifest that makes the next start fast. Afterwards the store
     * is closed, whether or not that succeeded.
     *
     * @param brokerEpoch remembered for the next start
     */
    public CompletionStage<Void> closeCleanly(long brokerEpoch) {
        throw soon();
    }

    /** Closes files and gives up the locks, as a crash would: the next start recovers. */
    @Override
    public void close() {}
}
