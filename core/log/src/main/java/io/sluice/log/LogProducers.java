package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the producers of one log: unpacked when first needed, snapshotted now and then, rebuilt after a failed write.
 * Owned by the log's home loop.
 */
final class LogProducers {
    private static final Logger LOG = LoggerFactory.getLogger(LogProducers.class);
    private static final long RETRY_MS = 5;
    private static final long SHORTAGE_RETRY_MS = 200;
    private static final int MOST_SNAPSHOTS = 16;

    private final PartitionLog log;
    private final LogId id;
    private final LogPlace place;
    private final SegmentList segments;
    private ProducerBase base;
    /** Null until needed: then {@link #base} is up to date. */
    private @Nullable ProducerStates states;

    private boolean rebuilding;
    private long snapshotOffset;
    /** Snapshots and rebuilds that workers are busy with. */
    private int busy;

    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

    /**
     * @param base state at some offset; at the log's end when {@code states} is null
     * @param states state at the log's end, if at hand
     */
    LogProducers(
            PartitionLog log,
            LogPlace place,
            SegmentList segments,
            ProducerBase base,
            @Nullable ProducerStates states) {
        this.log = log;
        this.id = log.id();
        this.place = place;
        this.segments = segments;
        this.base = base;
        this.states = states;
        this.snapshotOffset = base.offset();
    }

    /** Whether the state is being restored; nothing may be appended until it is. */
    boolean rebuilding() {
        return rebuilding;
    }

    /** Whether it is certain, without unpacking, that there are no producers. */
    boolean none() {
        ProducerStates now = states;
        return now == null ? !rebuilding && base.packed().isEmpty() : now.count() == 0;
    }

    ProducerStates states() {
        ProducerStates now = states;
        if (now == null) {
            // Checked when it was loaded, so this is never the empty alternative.
            now = base.unpack().orElseGet(ProducerStates::new);
            states = now;
        }
        return now;
    }

    /** The state as bytes, for the manifest; empty of bytes when there are no producers. */
    ProducerBase pack(long endOffset) {
        ProducerStates now = states;
        if (now == null) {
            return new ProducerBase(endOffset, base.packed());
        }
        return now.count() == 0
                ? ProducerBase.nobody(endOffset)
                : new ProducerBase(endOffset, Optional.of(ProducerSnapshot.encode(now, endOffset)));
    }

    /**
     * Writes a snapshot in the background, so that a rebuild need not read what lies before. Older ones go, but for one
     * that neither a power loss nor a cut can put beyond the end of the log.
     *
     * @param safeOffset below it the log is on disk and replicated
     */
    void snapshot(long endOffset, long safeOffset) {
        ProducerStates now = states;
        if (now == null || now.count() == 0 || rebuilding || endOffset <= snapshotOffset) {
            return;
        }
        snapshotOffset = endOffset;
        ByteBuffer bytes = ProducerSnapshot.encode(now, endOffset);
        try {
            place.parts().workers().execute(() -> {
                try {
                    writeSnapshot(bytes, endOffset, safeOffset);
                } finally {
                    place.home().loop().execute(this::settled);
                }
            });
            busy++;
        } catch (RejectedExecutionException e) {
            LOG.debug("no worker for a producer snapshot, the next one will do: log={}", id);
        }
    }

    /** On a worker. A snapshot that is not there costs only time, but a disk that fails to write has to be known. */
    private void writeSnapshot(ByteBuffer bytes, long endOffset, long safeOffset) {
        Path folder = place.segments().folder();
        Disk disk = place.parts().disk();
        if (place.folder().failed()) {
            return;
        }
        try {
            FileBytes.replace(disk, folder.resolve(LogFiles.snapshot(endOffset)), bytes);
            removeOld(disk, folder, safeOffset);
        } catch (IOException e) {
            if (IoErrors.passing(e) || e instanceof NoSuchFileException) {
                LOG.warn("producer snapshot not written: log={} cause={}", id, e.getMessage());
            } else {
                place.folder().fail("writing a producer snapshot of " + id + " failed", e);
            }
        }
    }

    private static void removeOld(Disk disk, Path folder, long safeOffset) throws IOException {
        List<Long> offsets = new ArrayList<>();
        for (Disk.Entry entry : disk.list(folder)) {
            OptionalLong offset = LogFiles.offset(entry.name(), LogFiles.SNAPSHOT);
            offset.ifPresent(offsets::add);
        }
        offsets.sort(null);
        for (int i = 0; i + 1 < offsets.size(); i++) {
            boolean needed = offsets.get(i + 1) > safeOffset;
            if (needed && offsets.size() - i <= MOST_SNAPSHOTS) {
                return;
            }
            disk.delete(folder.resolve(LogFiles.snapshot(offsets.get(i))));
        }
    }

    private void settled() {
        busy--;
        if (busy == 0) {
            idle.complete(null);
        }
    }

    /** Done, on the home loop, when no worker is busy with a snapshot or a rebuild. */
    CompletableFuture<Void> idle() {
        if (busy > 0) {
            idle = new CompletableFuture<>();
        }
        return idle;
    }

    /** Forgets what it knows from beyond {@code offset}, where the log ends now; {@link #rebuild} comes next. */
    void cutTo(long offset) {
        if (base.offset() > offset) {
            base = ProducerBase.nobody(0);
        }
        snapshotOffset = Math.min(snapshotOffset, offset);
    }

    /** There are none, in a log that begins anew at {@code offset}. */
    void clear(long offset) {
        base = ProducerBase.nobody(offset);
        states = new ProducerStates();
        snapshotOffset = offset;
    }

    /**
     * Goes back to the state at {@code end}, after batches that were noted turned out not to be written, or were cut.
     *
     * @param done run on the home loop at the end, even if the log failed meanwhile
     */
    void rebuild(LogPosition end, FlushPoint flushed, Runnable done) {
        rebuilding = true;
        busy++;
        states = null;
        List<ProducerBase> known = new ArrayList<>();
        known.add(base);
        if (flushed.noProducers()) {
            known.add(ProducerBase.nobody(flushed.position().offset()));
        }
        Segment[] all = segments.all();
        ProducerRebuild rebuild = new ProducerRebuild(
                place.parts().disk(),
                place.segments().folder(),
                place.parts().clock().wallMs());
        tryRebuild(rebuild, all, known, end, done);
    }

    private void rebuildAgain(ProducerRebuild rebuild, List<ProducerBase> known, LogPosition end, Runnable done) {
        if (log.outOfService()) {
            settled();
            done.run();
        } else {
            tryRebuild(rebuild, segments.all(), known, end, done);
        }
    }

    private void tryRebuild(
            ProducerRebuild rebuild, Segment[] all, List<ProducerBase> known, LogPosition end, Runnable done) {
        Runnable again = () -> tryRebuild(rebuild, all, known, end, done);
        try {
            place.parts().workers().execute(() -> {
                try {
                    ProducerStates restored = rebuild.rebuild(all, known, end);
                    place.home().loop().execute(() -> {
                        states = restored;
                        rebuilding = false;
                        settled();
                        done.run();
                    });
                } catch (SegmentFile.FileGoneException e) {
                    // Removed by retention meanwhile, or with the log.
                    place.home().loop().execute(() -> rebuildAgain(rebuild, known, end, done));
                } catch (IOException e) {
                    if (IoErrors.tooManyOpenFiles(e)) {
                        place.home().loop().execute(() -> place.home()
                                .loop()
                                .schedule(SHORTAGE_RETRY_MS, () -> rebuildAgain(rebuild, known, end, done)));
                    } else {
                        if (!log.wentWithTheLog(e)) {
                            place.folder().fail("restoring the producers of " + id + " failed", e);
                        }
                        place.home().loop().execute(() -> {
                            settled();
                            done.run();
                        });
                    }
                }
            });
        } catch (RejectedExecutionException e) {
            place.home().loop().schedule(RETRY_MS, again);
        }
    }
}
