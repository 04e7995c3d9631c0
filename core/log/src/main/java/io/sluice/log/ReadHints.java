package io.sluice.log;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers where the next batch lies for readers that read on, so that they need no index. A small table that readers
 * overwrite for each other; what is lost is only looked up again. Safe from any thread.
 */
final class ReadHints {
    private static final int SLOTS = 16;

    /** The batch that begins at {@code offset} lies at {@code position} of {@code segment}. */
    record Hint(long offset, Segment segment, int position) {}

    private final AtomicReferenceArray<@Nullable Hint> slots = new AtomicReferenceArray<>(SLOTS);

    @Nullable
    Hint find(long offset) {
        Hint hint = slots.getAcquire(slot(offset));
        return hint != null && hint.offset == offset ? hint : null;
    }

    void put(long offset, Segment segment, int position) {
        slots.setRelease(slot(offset), new Hint(offset, segment, position));
    }

    private static int slot(long offset) {
        return (int) ((offset * 0x9E3779B97F4A7C15L) >>> 60);
    }
}
