package io.sluice.log;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A log at a clean shutdown.
 *
 * @param log which
 * @param sound whether it may go into the manifest: neither corrupt nor in the midst of something
 * @param settled done when no worker is busy with its files any more
 * @param dirty segments that must be flushed first
 * @param before what the checkpoint may say of it if that fails
 * @param entry for the manifest
 */
record ClosedLog(
        PartitionLog log,
        boolean sound,
        CompletableFuture<Void> settled,
        List<Segment> dirty,
        LogSummary before,
        CleanManifest.Entry entry) {}
