package io.sluice.bench;

import java.time.Duration;

/**
 * How much work a comparison does: fixed amounts, not fixed times, so that both sides do the same.
 *
 * @param smallWarmup requests before the measured ones, for the broker's JIT
 * @param bulkBytes of record values that the official producer sends, which is slower than the lean one
 * @param pacedSeconds how long the open loop runs
 * @param settle how long an idle broker is left alone before its memory is read
 */
record Scale(
        long smallWarmup,
        long smallRequests,
        long bulkWarmupBytes,
        long bulkBytes,
        long leanBulkBytes,
        int pacedWarmupSeconds,
        int pacedSeconds,
        long backlogRecords,
        int partitions,
        long flushedRequests,
        Duration settle,
        ClusterScale cluster) {

    static Scale full() {
        return new Scale(
                200_000,
                300_000,
                200_000_000L,
                600_000_000L,
                1_500_000_000L,
                8,
                15,
                4_000_000,
                5_000,
                150_000,
                Duration.ofSeconds(10),
                ClusterScale.full());
    }

    static Scale quick() {
        return new Scale(
                30_000,
                150_000,
                100_000_000L,
                100_000_000L,
                300_000_000L,
                2,
                4,
                1_000_000,
                500,
                5_000,
                Duration.ofSeconds(2),
                ClusterScale.quick());
    }
}
