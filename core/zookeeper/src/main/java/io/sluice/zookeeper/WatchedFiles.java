package io.sluice.zookeeper;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.Request;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper's log and snapshots, which remember why writing them failed: the server itself says so only in its log, with
 * a stack trace at every try. And they outlive a loss of power: ZooKeeper fsyncs its log but leaves its snapshots and the
 * names of renamed files to the page cache, and does not start with a log whose snapshot is gone. Written by the server's threads, asked by the one that looks after it.
 */
final class WatchedFiles extends FileTxnSnapLog {
    private volatile @Nullable IOException failure;

    WatchedFiles(File folder) throws IOException {
        super(folder, folder);
    }

    /** Something that writes in the folder. */
    interface Write {
        void run() throws IOException;
    }

    private interface WriteOf<T> {
        T run() throws IOException;
    }

    /** The last failure to write. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Does {@code write}, which renames a file into place, and returns when that is on disk; remembers if it fails. */
    void watchRename(Write write) throws IOException {
        watch(() -> {
            write.run();
            syncNames();
        });
    }

    private void syncNames() throws IOException {
        try (FileChannel folder = FileChannel.open(getSnapDir().toPath(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private void watch(Write write) throws IOException {
        watched(() -> {
            write.run();
            return true;
        });
    }

    private <T> T watched(WriteOf<T> write) throws IOException {
        try {
            return write.run();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public boolean append(Request request) throws IOException {
        return watched(() -> super.append(request));
    }

    @Override
    public void commit() throws IOException {
        watch(super::commit);
    }

    @Override
    public void rollLog() throws IOException {
        watch(super::rollLog);
    }

    /** A snapshot is on disk before anything is logged that builds on it, forced or not. */
    @Override
    public File save(DataTree tree, ConcurrentHashMap<Long, Integer> sessions, boolean forced) throws IOException {
        return watched(() -> {
            File saved = super.save(tree, sessions, true);
            syncNames();
            return saved;
        });
    }
}
