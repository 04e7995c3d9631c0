package io.sluice.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
        List<ProducerBase> bases = new ArrayList<>(known);
        bases.addAll(snapshotFiles());
        bases.removeIf(base -> base.offset() > end.offset());
        bases.sort(Comparator.comparingLong(ProducerBase::offset).reversed());
        for (ProducerBase base : bases) {
            Optional<ProducerStates> states = base.unpack();
            if (states.isPresent()) {
                replay(states.get(), segments, base.offset(), end);
                return states.get();
            }
            LOG.warn("producer snapshot is damaged, reading more of the log: folder={} at={}", folder, base.offset());
        }
        ProducerStates states = new ProducerStates();
        replay(states, segments, segments[0].base(), end);
        return states;
    }

    private List<ProducerBase> snapshotFiles() throws IOException {
        List<ProducerBase> bases = new ArrayList<>();
        for (Disk.Entry entry : disk.list(folder)) {
            OptionalLong offset = LogFiles.offset(entry.name(), LogFiles.SNAPSHOT);
            if (offset.isPresent()) {
                ByteBuffer bytes = FileBytes.readAll(disk, folder.resolve(entry.name()));
                bases.add(new ProducerBase(offset.getAsLong(), Optional.of(bytes)));
            }
        }
        return bases;
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
                if (!walk.problem().isEmpty()) {
                    throw new Segment.DamagedSegmentException(segment.file().path(), walk.position(), walk.problem());
                }
            } finally {
                segment.file().release();
            }
        }
    }
}
