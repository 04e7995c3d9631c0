package io.sluice.cluster;

/**
 * How far a log goes. The larger of two is the one with the later history, and of the same history the one with more of
 * it (KIP-966).
 *
 * @param lastEpoch the leader epoch of its last record; -1 when it has none. An epoch in which a leader wrote nothing does
 *     not count: it says nothing of what the log still has
 * @param endOffset the offset after its last record
 */
public record LogEnd(int lastEpoch, long endOffset) implements Comparable<LogEnd> {
    /** Of a replica that has no log. */
    public static final LogEnd NONE = new LogEnd(-1, 0);

    @Override
    public int compareTo(LogEnd other) {
        int byEpoch = Integer.compare(lastEpoch, other.lastEpoch);
        return byEpoch != 0 ? byEpoch : Long.compare(endOffset, other.endOffset);
    }
}
