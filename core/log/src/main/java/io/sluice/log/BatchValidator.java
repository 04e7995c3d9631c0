package io.sluice.log;

import java.nio.ByteBuffer;

/** Checks batches before they are appended. Stateless; any thread. */
public final class BatchValidator {
    private BatchValidator() {}

    /**
     * @param batch one batch from position to limit. Where the topic wants append times the batch is stamped in place
     * @param nowMs the broker's clock
     */
    public static Verdict check(ByteBuffer batch, BatchRules rules, long nowMs) {
        throw new UnsupportedOperationException("lands within the hour");
    }
}
