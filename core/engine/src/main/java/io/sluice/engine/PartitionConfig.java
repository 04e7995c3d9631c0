package io.sluice.engine;

import io.sluice.log.BatchRules;
import io.sluice.log.LogConfig;

/**
 * A topic's settings as one partition needs them.
 *
 * @param log what the log on disk follows
 * @param rules what producers' batches must keep to
 * @param minInSyncReplicas {@code min.insync.replicas}: below it, appends for all replicas are refused
 * @param throttled which of the topic's partitions are copied no faster than a rate
 */
public record PartitionConfig(LogConfig log, BatchRules rules, int minInSyncReplicas, ThrottledPartitions throttled) {
    /** With nothing throttled. */
    public PartitionConfig(LogConfig log, BatchRules rules, int minInSyncReplicas) {
        this(log, rules, minInSyncReplicas, ThrottledPartitions.NONE);
    }

    /** Whether an acknowledgement waits for the disk ({@code flush.messages=1}). */
    boolean flushBeforeAck() {
        return log.flush().beforeAck();
    }
}
