package io.sluice.engine;

import io.sluice.cluster.LogEnd;
import io.sluice.cluster.LogEnds;
import io.sluice.log.EpochStart;
import io.sluice.log.LogId;
import io.sluice.log.LogStore;
import io.sluice.log.PartitionLog;
import java.util.List;
import java.util.UUID;

/** How far the logs of this broker go, as they have published it (R14). Any thread. */
final class ReplicaEnds implements LogEnds {
    private final LogStore store;

    ReplicaEnds(LogStore store) {
        this.store = store;
    }

    @Override
    public LogEnd of(UUID topicId, int partition) {
        return store.find(new LogId(topicId, "", partition))
                .filter(log -> log.failure().isEmpty()) // its end says nothing of what lies before (R15)
                .map(ReplicaEnds::of)
                .orElse(LogEnd.NONE);
    }

    private static LogEnd of(PartitionLog log) {
        long end = log.endOffset();
        return new LogEnd(epochBefore(end, log.leaderEpochs()), end);
    }

    /** The epoch of the last record; where all records were removed by age, the epoch that they lay in. */
    private static int epochBefore(long end, List<EpochStart> epochs) {
        for (int i = epochs.size() - 1; i >= 0; i--) {
            if (epochs.get(i).startOffset() < end) {
                return epochs.get(i).epoch();
            }
        }
        return end == 0 || epochs.isEmpty()
                ? LogEnd.NONE.lastEpoch()
                : epochs.get(0).epoch();
    }
}
