package io.sluice.engine.group;

import java.util.function.LongConsumer;

/**
 * What a shard, or one part of it, takes of the memory that it shares with others. Ends with {@link #close}, which gives
 * everything back. Owned by whoever owns the part.
 */
final class Tally implements AutoCloseable {
    private final LongConsumer whole;
    private long bytes;
    private boolean closed;

    /** @param whole is told of every change */
    Tally(LongConsumer whole) {
        this.whole = whole;
    }

    long bytes() {
        return bytes;
    }

    /** @param change may be negative */
    void add(long change) {
        if (closed) {
            return; // nobody looks at this part any more
        }
        bytes += change;
        whole.accept(change);
    }

    @Override
    public void close() {
        add(-bytes);
        closed = true;
    }
}
