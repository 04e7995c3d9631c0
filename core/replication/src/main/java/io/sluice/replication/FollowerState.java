package io.sluice.replication;

import io.sluice.log.EpochEnd;
import io.sluice.log.EpochStart;
import java.util.List;

/**
 * A partition's follower through one leader epoch: says what to ask the leader for and what its answers mean for this
 * broker's log. A pure state machine, owned by the partition's home loop.
 */
public final class FollowerState {
    private static final long FIRST_BACK_OFF_MS = 20;

    private final int leaderEpoch;
    private int failuresInARow;

    public FollowerState(int leaderEpoch) {
        this.leaderEpoch = leaderEpoch;
    }

    /**
     * This broker's log as far as the state machine looks.
     *
     * @param epochs where each leader epoch begins, in order
     */
    public record OwnLog(long startOffset, long endOffset, List<EpochStart> epochs) {
        /** The epoch of the last batch, -1 for an empty log. An epoch that wrote nothing has none (R6). */
        public int lastEpoch() {
            for (int i = epochs.size() - 1; i >= 0 && endOffset > startOffset; i--) {
                if (epochs.get(i).startOffset() < endOffset) {
                    return epochs.get(i).epoch();
                }
            }
            return -1;
        }

        /**
         * Whether the log remembers an epoch beyond its last batch: this broker led in it and wrote nothing. A follower
         * forgets it, for the leader's log may go on with batches of an older one.
         */
        public boolean remembersUnwrittenEpoch() {
            return !epochs.isEmpty() && epochs.get(epochs.size() - 1).startOffset() >= endOffset;
        }

        /** Where the largest epoch that is not above {@code epoch} ends here; the log's start when all are above. */
        long endOfEpoch(int epoch) {
            for (EpochStart each : epochs) {
                if (each.epoch() > epoch) {
                    return Math.min(each.startOffset(), endOffset);
                }
            }
            return endOffset;
        }
    }

    /** What to do with this broker's log before the leader is asked again. */
    public sealed interface Repair {
        /** @param offset where the log shall end; below its present end, not below its start */
        record Truncate(long offset) implements Repair {}

        /** @param offset where the log, emptied, shall begin */
        record Reset(long offset) implements Repair {}

        /** Nothing that is safe: ask again later. */
        record Wait() implements Repair {}
    }

    public int leaderEpoch() {
        return leaderEpoch;
    }

    /**
     * The leader's log has another history. Cuts to the smaller of where the leader's epoch ends there and where it ends
     * here; the next fetch finds out whether that is enough (R6, R7).
     *
     * @param leaderEnd the largest epoch of the leader's log that is not above this log's last one, and its end
     */
    public Repair onDiverged(EpochEnd leaderEnd, OwnLog own) {
        long target = Math.min(leaderEnd.endOffset(), own.endOfEpoch(leaderEnd.epoch()));
        if (leaderEnd.epoch() < 0 || target >= own.endOffset()) {
            return new Repair.Wait(); // an answer to something else than this log asks now
        }
        return target < own.startOffset() ? new Repair.Reset(Math.max(0, target)) : new Repair.Truncate(target);
    }

    /**
     * The leader's log does not have the offset asked for. Below its start everything here is older than what it keeps, so
     * the log begins anew there (R11); beyond its end only an empty log is moved, for one with records is told by epochs
     * where it diverges.
     *
     * @param leaderStart the first offset of the leader's log, -1 when it did not say
     */
    public Repair onOutOfRange(long leaderStart, OwnLog own) {
        if (leaderStart < 0) {
            return new Repair.Wait();
        }
        boolean empty = own.startOffset() == own.endOffset();
        if (own.endOffset() < leaderStart || (empty && own.endOffset() > leaderStart)) {
            return new Repair.Reset(leaderStart);
        }
        return new Repair.Wait();
    }

    /** The high watermark here, when the leader says it has {@code leaders}: never beyond the own end, nor back (R5). */
    public static long highWatermark(long leaders, long own, long ownEnd) {
        return Math.max(own, Math.min(leaders, ownEnd));
    }

    /** The leader gave what was asked. */
    public void succeeded() {
        failuresInARow = 0;
    }

    /** How long to wait after an error: short at first, since a new leader often learns of it only a moment later. */
    public long backOffMs(long longestMs) {
        int doublings = Math.min(failuresInARow++, 16);
        return Math.min(longestMs, FIRST_BACK_OFF_MS << doublings);
    }
}
