package io.sluice.cluster;

/**
 * Producer ids that belong to one broker alone, for good: what it does not use is skipped, never handed out again (T5).
 */
public record ProducerIdBlock(long first, int count) {
    /** The id after the last one of this block. */
    public long end() {
        return first + count;
    }
}
