package io.sluice.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one log back after a crash. What lies before the checkpoint's flush point is taken as it is (damage there is
 * rot, S2, found by the scrub, or here if files are missing or short); what lies beyond is read, and the first batch that
 * is torn or fails its checksum or does not follow on the one before ends the log (S1). Blocks: for one worker at a time.
 */
final class LogRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(LogRecovery.class);
    private static final int SCAN_BYTES = 256 * 1024;

    private final LogId id;
    private final LogPlace place;
    private final Disk disk;
    private final Path folder;
    private final Optional<LogSummary> checkpoint;
    private final List<ProducerBase> producerBases;
    private final int indexIntervalBytes = LogConfig.DEFAULTS.roll().indexIntervalBytes();
    private List<Disk.Entry> files = List.of();
    private final List<Segment> segments = new ArrayList<>();
    private LeaderEpochs epochs;
    /** The newest epoch that the checkpoint knows, whether or not a record of it is left. */
    private int newestNoted;

    private long expected;
    private long scannedBytes;
    private Optional<LoadReport.Cut> cut = Optional.empty();
    private boolean suspicious;
    private LogFailure.@Nullable Corrupt corrupt;

    /**
     * @param checkpoint what the data folder's checkpoint says of it, if anything
     * @param producerBases states of its producers known from elsewhere
     */
    LogRecovery(LogId id, LogPlace place, Optional<LogSummary> checkpoint, List<ProducerBase> producerBases) {
        this.id = id;
        this.place = place;
        this.disk = place.parts().disk();
        this.folder = place.segments().folder();
        this.checkpoint = checkpoint;
        this.producerBases = producerBases;
        this.epochs = checkpoint.map(LogSummary::epochs).orElse(LeaderEpochs.NONE);
    }

    /** How much was read. */
    long scannedBytes() {
        return scannedBytes;
    }

    /** What was cut off, if anything. */
    Optional<LoadReport.Cut> cut() {
        return cut;
    }

    /** Whether what was cut off is more than the last write of a process that was killed in the midst of it. */
    boolean suspicious() {
        return suspicious;
    }

    LoadedLog recover() throws IOException {
        files = new SegmentFolder(disk, folder).tidy();
        List<Disk.Entry> logs = new ArrayList<>();
        for (Disk.Entry file : files) {
            if (LogFiles.offset(file.name(), LogFiles.SEGMENT).isPresent()) {
                logs.add(file);
            }
        }
        logs.sort(Comparator.comparing(Disk.Entry::name));
        long startAtLeast = checkpoint.map(LogSummary::startOffset).orElse(0L);
        FlushPoint flushed = checkpoint.map(LogSummary::flushed).orElse(null);
        if (logs.isEmpty()) {
            return withoutFiles(startAtLeast, flushed);
        }
        long firstBase = base(logs.get(0));
        if (flushed == null) {
            flushed = FlushPoint.none(firstBase);
        }
        corrupt = QuarantineNote.read(disk, folder, files).orElse(null);
        if (corrupt == null) {
            // Where epochs begin beyond the flush point, the batches there say: those that the checkpoint means may be
            // gone,
            // and others may have come in their place.
            newestNoted = epochs.latest();
            epochs = epochs.before(flushed.position().offset() + 1);
            readSegments(logs, flushed.position());
        } else {
            leaveAlone(logs);
        }
        long start = Math.max(startAtLeast, firstBase);
        if (corrupt != null) {
            return corrupt(start, flushed);
        }
        long end = expected;
        if (start > end) {
            LOG.warn("checkpointed start lies beyond the recovered end: log={} start={} end={}", id, start, end);
            start = end;
        }
        return loaded(start, end, flushed);
    }

    /** Snapshots of a log that was longer once would be taken for those of what is written there next. */
    private void dropSnapshotsBeyond(long end) throws IOException {
        boolean dropped = false;
        for (Disk.Entry file : files) {
            OptionalLong offset = LogFiles.offset(file.name(), LogFiles.SNAPSHOT);
            if (offset.isPresent() && offset.getAsLong() > end) {
                disk.delete(folder.resolve(file.name()));
                dropped = true;
            }
        }
        if (dropped) {
            disk.syncFolder(folder);
        }
    }

    private LoadedLog loaded(long start, long end, FlushPoint flushed) throws IOException {
        dropSnapshotsBeyond(end);
        Segment active = segments.get(segments.size() - 1);
        LogPosition endPosition = new LogPosition(end, active.base(), active.size());
        List<ProducerBase> bases = new ArrayList<>(producerBases);
        if (flushed.noProducers()) {
            bases.add(ProducerBase.nobody(flushed.position().offset()));
        }
        ProducerStates producers = new ProducerRebuild(
                        disk, folder, place.parts().clock().wallMs())
                .rebuild(segments.toArray(new Segment[0]), bases, endPosition, files);
        FlushPoint point = flushed.position().offset() > end ? FlushPoint.none(active.base()) : flushed;
        for (Segment segment : segments) {
            if (segment.base() >= point.position().segmentBase()) {
                segment.markNameUnsafe();
            }
        }
        return new LoadedLog(
                start,
                end,
                segments,
                state(point, epochs.until(end).with(newestNoted, end).from(start)),
                highWatermark(),
                ProducerBase.nobody(0),
                Optional.of(producers),
                Optional.empty());
    }

    private LoadedLog withoutFiles(long start, @Nullable FlushPoint flushed) {
        if (flushed != null && flushed.position().offset() > start) {
            corrupt = new LogFailure.Corrupt(
                    folder.resolve(LogFiles.segment(flushed.position().segmentBase())),
                    0,
                    "the file is missing, though " + flushed.position().bytes() + " bytes of it had been flushed");
            segments.add(Segment.fresh(place.segments(), start));
            return corrupt(start, flushed);
        }
        segments.add(Segment.fresh(place.segments(), start));
        return new LoadedLog(
                start,
                start,
                segments,
                state(FlushPoint.none(start), epochs.until(start)),
                highWatermark(),
                ProducerBase.nobody(start),
                Optional.of(new ProducerStates()),
                Optional.empty());
    }

    private LoadedLog corrupt(long start, FlushPoint flushed) {
        long end = Math.max(start, flushed.position().offset());
        return new LoadedLog(
                start,
                end,
                segments,
                state(flushed, epochs),
                highWatermark(),
                ProducerBase.nobody(end),
                Optional.of(new ProducerStates()),
                Optional.ofNullable(corrupt));
    }

    private LogState state(FlushPoint flushed, LeaderEpochs kept) {
        // Without a checkpoint nobody knows whether it was cut; then no state of a producer from elsewhere is believed.
        return new LogState(flushed, kept, checkpoint.map(LogSummary::cutTo).orElse(LogState.NOTHING_LEFT));
    }

    private long highWatermark() {
        return checkpoint.map(LogSummary::highWatermark).orElse(0L);
    }

    /** Takes the segments as they are: nothing of a quarantined log is read, or cut. */
    private void leaveAlone(List<Disk.Entry> files) {
        for (Disk.Entry file : files) {
            segments.add(Segment.existing(place.segments(), base(file), Math.toIntExact(file.size()), -1));
        }
    }

    /** Goes through the segments in order, until the end, a cut, or damage. */
    private void readSegments(List<Disk.Entry> files, LogPosition flushed) throws IOException {
        expected = base(files.get(0));
        for (int i = 0; i < files.size() && corrupt == null; i++) {
            long base = base(files.get(i));
            int size = Math.toIntExact(files.get(i).size());
            boolean last = i + 1 == files.size();
            if (i > 0 && base != expected) {
                if (expected < flushed.offset()) {
                    missing(base, flushed);
                } else {
                    cutFrom(
                            files.subList(i, files.size()),
                            "the segment begins at offset " + base + ", not " + expected);
                }
                return;
            }
            if (base < flushed.segmentBase()) {
                takeWhole(base, size);
                continue;
            }
            if (!scan(base, size, base == flushed.segmentBase() ? flushed : new LogPosition(base, base, 0))) {
                if (!last) {
                    cutFrom(files.subList(i + 1, files.size()), "what lies before was cut");
                }
                return;
            }
        }
        if (corrupt == null && expected < flushed.offset()) {
            missing(flushed.segmentBase(), flushed);
        }
    }

    /** What had been flushed is not there (S2): the segments leave a gap, or end too early. */
    private void missing(long base, LogPosition flushed) {
        corrupt = new LogFailure.Corrupt(
                folder.resolve(LogFiles.segment(base)),
                0,
                "the records from offset " + expected + " on are missing, though all before offset " + flushed.offset()
                        + " had been flushed");
    }

    /** A segment that lies wholly before the flush point. */
    private void takeWhole(long base, int size) throws IOException {
        Segment segment = Segment.existing(place.segments(), base, size, -1);
        segments.add(segment);
        String problem = segment.loadIndex(indexIntervalBytes);
        if (!problem.isEmpty()) {
            corrupt = new LogFailure.Corrupt(segment.file().path(), size, problem);
            return;
        }
        try {
            expected = segment.endOffset();
        } catch (Segment.DamagedSegmentException e) {
            corrupt = e.failure();
        }
    }

    /** Reads a segment from the flush point on. False when its end was cut off. */
    private boolean scan(long base, int size, LogPosition from) throws IOException {
        if (size < from.bytes()) {
            Segment segment = Segment.existing(place.segments(), base, size, -1);
            segments.add(segment);
            corrupt = new LogFailure.Corrupt(
                    segment.file().path(),
                    size,
                    "the file ends here, though " + from.bytes() + " bytes had been flushed");
            return true;
        }
        long known = checkpoint.map(c -> c.flushed().maxTimestamp()).orElse(-1L);
        Segment segment = Segment.existing(place.segments(), base, size, from.bytes() > 0 ? known : -1);
        segment.startedMs(checkpoint
                .filter(c -> from.bytes() > 0)
                .map(c -> c.flushed().startedMs())
                .orElse(0L));
        segments.add(segment);
        expected = Math.max(base, from.offset());
        if (size == from.bytes()) {
            return true;
        }
        return scanBeyond(segment, size, from);
    }

    private boolean scanBeyond(Segment segment, int size, LogPosition from) throws IOException {
        DiskFile file = segment.file().acquire();
        try {
            HeaderWalk walk = new HeaderWalk(file, from.bytes(), size, SCAN_BYTES);
            while (walk.next() && walk.verify() && follows(walk, segment)) {
                int at = walk.at();
                epochs = epochs.with(
                        BatchHeader.leaderEpoch(walk.buffer(), at), BatchHeader.baseOffset(walk.buffer(), at));
                expected = BatchHeader.lastOffset(walk.buffer(), at) + 1;
            }
            int end = (int) walk.position();
            scannedBytes += end - from.bytes();
            if (end < size) {
                String why = walk.problem().isEmpty() ? "its offset does not follow" : walk.problem();
                suspicious |= !walk.isCutShort();
                cutSegment(segment, file, end, size - end, why);
            }
            // Rebuilds what the index lacks, and finds the largest timestamp.
            segment.cut(end, -1);
        } finally {
            segment.file().release();
        }
        String problem = segment.loadIndex(indexIntervalBytes);
        if (!problem.isEmpty()) {
            corrupt = new LogFailure.Corrupt(segment.file().path(), 0, problem);
        }
        return segment.size() == size;
    }

    private boolean follows(HeaderWalk walk, Segment segment) {
        long base = BatchHeader.baseOffset(walk.buffer(), walk.at());
        return base == expected && base - segment.base() <= Integer.MAX_VALUE;
    }

    /** Cuts off a torn end. On disk before anything is appended: or the old end might follow the new batches. */
    private void cutSegment(Segment segment, DiskFile file, int end, long bytes, String why) throws IOException {
        LOG.warn(
                "torn end cut off: log={} file={} offset={} bytes={} because={}",
                id,
                segment.file().path(),
                expected,
                bytes,
                why);
        file.truncate(end);
        file.sync();
        disk.delete(segment.index().file().path());
        disk.syncFolder(folder);
        cut = Optional.of(new LoadReport.Cut(id, expected, bytes, why));
    }

    /** Takes away segments that lie beyond a cut. */
    private void cutFrom(List<Disk.Entry> files, String why) throws IOException {
        suspicious = true;
        long bytes = 0;
        for (Disk.Entry file : files) {
            bytes += file.size();
            Path path = folder.resolve(file.name());
            LOG.warn("segment beyond the end of the log taken away: log={} file={} because={}", id, path, why);
            disk.rename(path, path.resolveSibling(file.name() + LogFiles.DELETED));
            disk.delete(folder.resolve(LogFiles.index(base(file))));
        }
        disk.syncFolder(folder);
        long before = cut.map(LoadReport.Cut::bytes).orElse(0L);
        String reason = cut.map(LoadReport.Cut::why).orElse(why);
        cut = Optional.of(new LoadReport.Cut(id, expected, before + bytes, reason));
    }

    private static long base(Disk.Entry file) {
        OptionalLong base = LogFiles.offset(file.name(), LogFiles.SEGMENT);
        return base.orElseThrow();
    }
}
