package io.sluice.log;

import java.io.IOException;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads flushed data again, a little at a time, and checks it against its checksums (S2): rot is found while there may
 * still be a good copy elsewhere. What a batch's checksum leaves out is checked against what is known otherwise: its
 * offset follows the one before, its leader epoch is the one that the log notes for it. One round goes over all sealed
 * segments of all logs. Used by one worker at a time.
 */
final class Scrub {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final int CHUNK_BYTES = 256 * 1024;

    private final LogStore store;
    private final ArrayDeque<Target> targets = new ArrayDeque<>();
    private long position;
    /** The offset of what lies at the position. */
    private long offset;

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
            if (position == 0) {
                offset = target.segment.base();
            }
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
        LeaderEpochs epochs = target.log.epochs();
        try {
            DiskFile file = segment.file().acquire();
            try {
                HeaderWalk walk = new HeaderWalk(file, position, segment.size(), CHUNK_BYTES);
                String problem = "";
                while (problem.isEmpty() && walk.position() - from < budget && walk.next() && walk.verify()) {
                    problem = misplaced(walk, target.log, epochs);
                    offset = BatchHeader.lastOffset(walk.buffer(), walk.at()) + 1;
                    position = walk.position() + walk.size();
                }
                problem = problem.isEmpty() ? walk.problem() : problem;
                if (segment.wasShortened(walk)) {
                    position = segment.size();
                } else if (!problem.isEmpty()) {
                    position = segment.size();
                    target.log
                            .health()
                            .quarantine(new LogFailure.Corrupt(segment.file().path(), walk.position(), problem));
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

    /** What is wrong with the part of the current batch that its checksum leaves out, empty when nothing is. */
    private String misplaced(HeaderWalk walk, PartitionLog log, LeaderEpochs before) {
        long found = BatchHeader.baseOffset(walk.buffer(), walk.at());
        if (found != offset) {
            return "the offset is " + found + " instead of " + offset;
        }
        int epoch = BatchHeader.leaderEpoch(walk.buffer(), walk.at());
        int noted = before.at(offset);
        boolean known = noted < 0 || epoch == noted || epoch == log.epochs().at(offset); // a cut may be under way
        return known ? "" : "the leader epoch is " + epoch + " instead of " + noted;
    }
}
