package io.sluice.bench;

import org.HdrHistogram.Histogram;

/**
 * What one run of a load generator did: everything it sent was acknowledged, or it would have failed.
 *
 * @param latency nanoseconds from send to acknowledgement (or to receipt, where a consumer is part of the load)
 */
record Load(long records, long bytes, double seconds, Histogram latency) {
    private static final long LATENCY_MAX_NANOS = 120_000_000_000L;

    static Histogram newHistogram() {
        return new Histogram(LATENCY_MAX_NANOS, 3);
    }

    double recordsPerSecond() {
        return records / seconds;
    }

    double megabytesPerSecond() {
        return bytes / 1e6 / seconds;
    }

    double latencyMillis(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e6;
    }
}
