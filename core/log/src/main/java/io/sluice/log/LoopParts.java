package io.sluice.log;

import io.sluice.base.Loop;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the logs of one loop share. Owned by that loop. */
final class LoopParts {
    private final Loop loop;
    private final BatchWriter writer = new BatchWriter();
    private final FlushTurns flushTurns;
    private final Set<PartitionLog> dirty = new LinkedHashSet<>();

    LoopParts(Loop loop) {
        this.loop = loop;
        this.flushTurns = new FlushTurns(loop);
    }

    /** Their home. */
    Loop loop() {
        return loop;
    }

    /** Writes their batches. */
    BatchWriter writer() {
        return writer;
    }

    /** Which of them may flush now. */
    FlushTurns flushTurns() {
        return flushTurns;
    }

    /** Those with bytes that are not on disk, oldest first. */
    Set<PartitionLog> dirty() {
        return dirty;
    }
}
