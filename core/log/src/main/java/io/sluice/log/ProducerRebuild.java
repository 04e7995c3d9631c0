package io.sluice.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the state of a log's producers from the newest base that is whole and the log after it (T1). Blocks: for
 * workers.
 *
 * @param disk where snapshots lie
 * @param folder the partition's
 * @param nowMs counts as the last sign of life of producers found in the log, so that they do not expire too early
 */
record ProducerRebuild(Disk disk, Path folder, long nowMs) {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerRebuild.class);

    /**
     * @param known bases besides the snapshot files
     * @param end everything before it is taken into account
     */
    ProducerStates rebuild(Segment[] segments, List<ProducerBase> known, LogPosition end) throws IOException {
        return rebuild(segments, known, end, disk.list(folder));
    }

    /** @param files in the partition's folder */
    ProducerStates rebuild(Segment[] segments, List<ProducerBase> known, LogPosition end, List<Disk.Entry> files)
            throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        known.forEach(base -> candidates.add(new Candidate(base.offset(), Optional.of(base), "")));
        for (Disk.Entry file : files) {
            LogFiles.offset(file.name(), LogFiles.SNAPSHOT)
                    .ifPresent(offset -> candidates.add(new Candidate(offset, Optional.empty(), file.name())));
        }
        // Where the log between a base and its present start is gone, the base is out of date: no state is better (T3).
        long first = segments[0].base();
        candidates.removeIf(candidate -> candidate.offset > end.offset() || candidate.offset < first);
        candidates.sort(Comparator.comparingLong(Candidate::offset).reversed());
        for (Candidate candidate : candidates) {
            Optional<ProducerStates> states = read(candidate);
            if (states.isPresent()) {
                replay(states.get(), segments, candidate.offset, end);
                return states.get();
            }
            LOG.warn(
                    "producer snapshot is damaged, reading more of the log: folder={} at={}", folder, candidate.offset);
        }
        ProducerStates states = new ProducerStates();
        replay(states, segments, first, end);
        return states;
    }

    /** A base at hand, or a snapshot file to be read. */
    private record Candidate(long offset, Optional<ProducerBase> known, String file) {}

    private Optional<ProducerStates> read(Candidate candidate) throws IOException {
        if (candidate.known.isPresent()) {
            return candidate.known.get().unpack();
        }
        return ProducerSnapshot.decode(FileBytes.readAll(disk, folder.resolve(candidate.file)))
                .map(ProducerSnapshot::states);
    }

    private void replay(ProducerStates states, Segment[] segments, long from, LogPosition end) throws IOException {
        if (from >= end.offset()) {
            return;
        }
        for (int i = SegmentList.floor(segments, from); i < segments.length; i++) {
            Segment segment = segments[i];
            int to = segment.base() == end.segmentBase() ? (int) end.bytes() : segment.size();
            if (to == 0) {
                continue;
            }
            int position = segment.base() >= from ? 0 : segment.positionOf(from, to);
            DiskFile file = segment.file().acquire();
            try {
                HeaderWalk walk = new HeaderWalk(file, position, to, 64 * 1024);
                while (walk.next()) {
                    states.apply(walk.buffer(), walk.at(), nowMs);
                }
                segment.throwIfDamaged(walk);
            } finally {
                segment.file().release();
            }
        }
    }
}
