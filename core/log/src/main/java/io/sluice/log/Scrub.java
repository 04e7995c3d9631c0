package io.sluice.log;

import java.io.IOException;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads flushed data again, a little at a time, and checks it against its checksums (S2): rot is found while there may
 * still be a good copy elsewhere. One round goes over all sealed segments of all logs. Used by one worker at a time.
 */
final class Scrub {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final int CHUNK_BYTES = 256 * 1024;

    private final LogStore store;
    private final ArrayDeque<Target> targets = new ArrayDeque<>();
    private long position;

    Scrub(LogStore store) {
        this.store = store;
    }

    private record Target(PartitionLog log, Segment segment) {}

    /** Checks up to {@code budget} bytes, and the rest of a batch. Blocks. */
    synchronized void step(long budget) {
        long left = budget;
        if (targets.isEmpty()) {
            collect();
        }
        while (left > 0 && !targets.isEmpty()) {
            Target target = targets.peek();
            left -= check(target, left);
            if (position >= target.segment.size()) {
                targets.poll();
                position = 0;
            }
        }
    }

    private void collect() {
        position = 0;
        for (PartitionLog log : store.logs()) {
            if (log.failure().isPresent()) {
                continue;
            }
            long flushedIn = log.flushedPosition().segmentBase();
            for (Segment segment : log.segments()) {
                if (segment.base() < flushedIn && segment.size() > 0) {
                    targets.add(new Target(log, segment));
                }
            }
        }
    }

    private long check(Target target, long budget) {
        Segment segment = target.segment;
        if (position >= segment.size()) {
            return 1; // cut off since
        }
        long from = position;
        try {
            DiskFile file = segment.file().acquire();
            try {
                HeaderWalk walk = new HeaderWalk(file, position, segment.size(), CHUNK_BYTES);
                while (walk.position() - from < budget && walk.next() && walk.verify()) {
                    position = walk.position() + walk.size();
                }
                if (segment.wasShortened(walk)) {
                    position = segment.size();
                } else if (!walk.problem().isEmpty()) {
                    position = segment.size();
                    target.log
                            .health()
                            .quarantine(new LogFailure.Corrupt(segment.file().path(), walk.position(), walk.problem()));
                }
            } finally {
                segment.file().release();
            }
        } catch (SegmentFile.FileGoneException e) {
            position = segment.size(); // retention or a cut was faster
        } catch (IOException e) {
            LOG.warn("scrub cannot read: file={}", segment.file().path(), e);
            target.log.health().readFailed(e);
            position = segment.size();
        }
        return Math.max(1, position - from);
    }
}
