package io.sluice.kafka.handler;

import org.apache.kafka.common.message.FetchRequestData;

/**
 * How much a fetch wants and how long it waits for it.
 *
 * @param maxWaitMs how long to wait for {@code minBytes}
 * @param minBytes answer as soon as there is this much
 * @param maxBytes answer with at most this much, but for a first batch that is larger
 * @param readCommitted whether only committed transactions are wanted
 */
record FetchLimits(int maxWaitMs, int minBytes, int maxBytes, boolean readCommitted) {
    private static final byte READ_COMMITTED = 1;

    static FetchLimits of(FetchRequestData request, int maxBytes) {
        return new FetchLimits(
                request.maxWaitMs(),
                Math.min(request.minBytes(), maxBytes),
                maxBytes,
                request.isolationLevel() == READ_COMMITTED);
    }
}
