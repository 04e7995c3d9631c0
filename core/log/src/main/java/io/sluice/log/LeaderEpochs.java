package io.sluice.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The leader epochs of a log and where each begins (R7). An immutable value; both numbers grow from entry to entry.
 * An epoch that wrote nothing has an entry too, until the next one begins at the same offset.
 */
record LeaderEpochs(List<EpochStart> entries) {
    static final LeaderEpochs NONE = new LeaderEpochs(List.of());

    LeaderEpochs {
        entries = List.copyOf(entries);
    }

    /** The newest epoch, -1 when there is none. */
    int latest() {
        return entries.isEmpty() ? -1 : entries.get(entries.size() - 1).epoch();
    }

    /** The epoch in which what lies at {@code offset} was written, -1 when it is before all that are known. */
    int at(long offset) {
        int found = -1;
        for (int i = 0; i < entries.size() && entries.get(i).startOffset() <= offset; i++) {
            found = entries.get(i).epoch();
        }
        return found;
    }

    /** With {@code epoch} beginning at {@code startOffset}; this one if it is not newer than the newest. */
    LeaderEpochs with(int epoch, long startOffset) {
        if (epoch <= latest()) {
            return this;
        }
        List<EpochStart> changed = new ArrayList<>(entries);
        changed.add(new EpochStart(epoch, startOffset));
        return new LeaderEpochs(changed);
    }

    /**
     * Where the largest epoch that is not above {@code epoch} ends; for an epoch before all that are known, where the
     * first of these begins.
     *
     * @param endOffset of the log: where the newest epoch ends
     */
    EpochEnd endOf(int epoch, long endOffset) {
        if (entries.isEmpty()) {
            return EpochEnd.UNKNOWN;
        }
        EpochEnd found = new EpochEnd(epoch, entries.get(0).startOffset());
        for (int i = 0; i < entries.size() && entries.get(i).epoch() <= epoch; i++) {
            long end = i + 1 < entries.size() ? entries.get(i + 1).startOffset() : endOffset;
            found = new EpochEnd(entries.get(i).epoch(), end);
        }
        return found;
    }

    /** Without epochs that end at or before {@code startOffset}; the first one then begins there. */
    LeaderEpochs from(long startOffset) {
        int first = 0;
        while (first + 1 < entries.size() && entries.get(first + 1).startOffset() <= startOffset) {
            first++;
        }
        if (entries.isEmpty() || (first == 0 && entries.get(0).startOffset() >= startOffset)) {
            return this;
        }
        List<EpochStart> changed = new ArrayList<>(entries.subList(first, entries.size()));
        EpochStart oldest = changed.get(0);
        changed.set(0, new EpochStart(oldest.epoch(), Math.max(startOffset, oldest.startOffset())));
        return new LeaderEpochs(changed);
    }

    /** Without epochs that begin at {@code offset} or later: for a log that is cut there to follow another history. */
    LeaderEpochs before(long offset) {
        int count = entries.size();
        while (count > 0 && entries.get(count - 1).startOffset() >= offset) {
            count--;
        }
        return count == entries.size() ? this : new LeaderEpochs(entries.subList(0, count));
    }

    /** For a log that ends at {@code endOffset}: the newest epoch stays, though it has no record left. */
    LeaderEpochs until(long endOffset) {
        int count = entries.size();
        while (count > 0 && entries.get(count - 1).startOffset() > endOffset) {
            count--;
        }
        if (count == entries.size()) {
            return this;
        }
        return new LeaderEpochs(entries.subList(0, count)).with(latest(), endOffset);
    }
}
