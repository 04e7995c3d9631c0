package io.sluice.log;

import java.util.List;
import java.util.Optional;

/**
 * A log as it was found on disk, or a new one.
 *
 * @param startOffset first offset that can be read
 * @param endOffset offset after the last record
 * @param segments in order, at least one
 * @param state leader epochs, and how far it is known to be on disk
 * @param highWatermark as checkpointed, perhaps beyond the end
 * @param producerBase producers at some offset; at the end if {@code producers} is empty
 * @param producers producers at the end, if they had to be restored
 * @param corrupt what is damaged below the recovery point, if anything
 */
record LoadedLog(
        long startOffset,
        long endOffset,
        List<Segment> segments,
        LogState state,
        long highWatermark,
        ProducerBase producerBase,
        Optional<ProducerStates> producers,
        Optional<LogFailure> corrupt) {
    /** Whether less was found than had been replicated (R15); a damaged log has lost whatever it had. */
    boolean lostRecords() {
        return corrupt.isPresent() || endOffset < highWatermark;
    }

    /** Segments with bytes beyond the flush point: the process that wrote them did not live to flush them. */
    List<Segment> unflushed() {
        LogPosition safe = state.flushed().position();
        return segments.stream()
                .filter(segment -> segment.base() == safe.segmentBase()
                        ? segment.size() > safe.bytes()
                        : segment.base() > safe.segmentBase() && segment.file().exists())
                .toList();
    }

    /** A log without records. */
    static LoadedLog empty(SegmentPlace place) {
        return new LoadedLog(
                0,
                0,
                List.of(Segment.fresh(place, 0)),
                LogState.anew(FlushPoint.none(0)),
                0,
                ProducerBase.nobody(0),
                Optional.empty(),
                Optional.empty());
    }
}
