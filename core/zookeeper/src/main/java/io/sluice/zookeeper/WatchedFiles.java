package io.sluice.zookeeper;

import java.io.File;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.Request;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper's log and snapshots, which remember why writing them failed: the server itself says so only in its log, with
 * a stack trace at every try. Written by the server's threads, asked by the one that looks after it.
 */
final class WatchedFiles extends FileTxnSnapLog {
    private volatile @Nullable IOException failure;

    WatchedFiles(File folder) throws IOException {
        super(folder, folder);
    }

    /** The last failure to write. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public boolean append(Request request) throws IOException {
        try {
            return super.append(request);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void commit() throws IOException {
        try {
            super.commit();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public void rollLog() throws IOException {
        try {
            super.rollLog();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public File save(DataTree tree, ConcurrentHashMap<Long, Integer> sessions, boolean forced) throws IOException {
        try {
            return super.save(tree, sessions, forced);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }
}
