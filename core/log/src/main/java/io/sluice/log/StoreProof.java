package io.sluice.log;

import io.sluice.base.EpochChain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a store still holds all that earlier registrations of its broker wrote (R14): the data folders were
 * closed cleanly, or their process died, the page cache did not, and recovery found nothing wrong. While loading: {@link #found}
 * and {@link #doubt} for each folder, from any thread, then {@link #conclude}; while running {@link #begin}, from one thread.
 */
final class StoreProof {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProof.class);

    private final StorePorts ports;
    private final List<DataFolder> folders;
    private final Map<DataFolder, EpochChain> chains = new ConcurrentHashMap<>();
    private final Set<DataFolder> doubtful = ConcurrentHashMap.newKeySet();
    /** What the folders prove together, and every registration since; of who loads, then of who registers. */
    private volatile EpochChain chain = EpochChain.NONE;

    private final ConcurrentLinkedQueue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean marking = new AtomicBoolean();

    StoreProof(StorePorts ports, List<DataFolder> folders) {
        this.ports = ports;
        this.folders = List.copyOf(folders);
    }

    /** What the folder says of itself: at its clean shutdown, or by a mark in the same page cache. */
    void found(DataFolder folder, EpochChain proves) {
        if (!proves.isNone()) {
            chains.put(folder, proves);
        }
    }

    /** Something is missing in the folder, or may be. */
    void doubt(DataFolder folder) {
        doubtful.add(folder);
    }

    /** What all folders prove; they are marked with it again. Blocks. */
    EpochChain conclude() {
        Optional<EpochChain> common = folders.stream()
                .map(folder -> chains.getOrDefault(folder, EpochChain.NONE))
                .reduce(EpochChain::and);
        if (!doubtful.isEmpty() || common.isEmpty()) {
            return EpochChain.NONE;
        }
        EpochChain proven = common.get();
        chain = proven;
        try {
            for (DataFolder folder : folders) {
                EpochMark.leave(ports.disk(), folder.path(), proven);
            }
        } catch (IOException e) {
            if (!IoErrors.passing(e)) {
                throw new UncheckedIOException("marking a data folder with its broker epoch failed", e);
            }
            LOG.warn("data folder is not marked, a crash before the next registration proves nothing", e);
        }
        return proven;
    }

    /** What a clean shutdown proves under this registration. */
    EpochChain closing(long brokerEpoch) {
        return brokerEpoch < 0 ? chain : chain.then(brokerEpoch);
    }

    /** See {@link LogStore#beginEpoch}. */
    CompletionStage<Void> begin(long brokerEpoch) {
        chain = chain.then(brokerEpoch);
        CompletableFuture<Void> done = new CompletableFuture<>();
        waiting.add(done);
        markNext();
        return done;
    }

    /** One task at a time, so that of two registrations the later is noted last; who asks meanwhile has the next. */
    private void markNext() {
        if (waiting.isEmpty() || !marking.compareAndSet(false, true)) {
            return;
        }
        try {
            ports.workers().execute(this::markAll);
        } catch (RejectedExecutionException e) {
            marking.set(false);
            for (CompletableFuture<Void> each = waiting.poll(); each != null; each = waiting.poll()) {
                each.completeExceptionally(e);
            }
        }
    }

    private void markAll() {
        List<CompletableFuture<Void>> served = new ArrayList<>();
        for (CompletableFuture<Void> each = waiting.poll(); each != null; each = waiting.poll()) {
            served.add(each);
        }
        try {
            EpochChain now = chain; // with the registrations of all who are served
            for (DataFolder folder : folders) {
                mark(folder, now);
            }
            served.forEach(each -> each.complete(null));
        } catch (LogException e) {
            served.forEach(each -> each.completeExceptionally(e));
        } finally {
            marking.set(false);
        }
        markNext();
    }

    private void mark(DataFolder folder, EpochChain now) throws LogException {
        try {
            if (!folder.failed()) {
                EpochMark.leave(ports.disk(), folder.path(), now);
            }
            if (folder.failed()) {
                EpochMark.take(ports.disk(), folder.path());
            }
        } catch (IOException e) {
            if (IoErrors.passing(e)) {
                LogFailure shortage = IoErrors.diskFull(e)
                        ? new LogFailure.DiskFull(folder.path())
                        : new LogFailure.OutOfDescriptors(folder.path());
                throw new LogException(shortage, e);
            }
            throw new LogException(folder.fail("marking it with broker epochs " + now + " failed", e), e);
        }
    }

    /** Has the mark taken away from a folder that fails: what its disk holds is not known, whatever the page cache says. */
    static StoreListener unmarking(StorePorts ports) {
        return new StoreListener() {
            @Override
            public void onFolderFailed(Path folder, String cause) {
                try {
                    ports.workers().execute(() -> unmark(ports.disk(), folder));
                } catch (RejectedExecutionException e) {
                    LOG.error("no worker to unmark a failed data folder, wipe it before the next start: {}", folder, e);
                }
            }
        };
    }

    private static void unmark(Disk disk, Path folder) {
        try {
            EpochMark.take(disk, folder);
        } catch (IOException e) {
            LOG.error("a failed data folder cannot be unmarked, wipe it before the next start: folder={}", folder, e);
        }
    }
}
