package io.sluice.replication;

import io.sluice.log.LogPosition;
import org.jspecify.annotations.Nullable;

/**
 * How far one follower has come, as its fetches in the present leader epoch tell. Owned by {@link LeaderState}.
 *
 * <p>A follower counts as caught up at the time of a fetch that reached what the leader's log had held at the fetch
 * before, and then as of that earlier fetch: so one that is always a little behind a busy leader does not lag.
 */
final class FollowerProgress {
    private static final long NEVER = Long.MIN_VALUE / 2;

    final int brokerId;
    /** Null until it has fetched in this leader epoch (R8). */
    @Nullable
    LogPosition end;

    long brokerEpoch = BrokerEpochs.NONE;
    /** Whether it belongs to the maximal in-sync set (R2). */
    boolean inSync;
    /** Until then the controller is not asked to take it in, having refused it. */
    long joinNotBeforeMs = NEVER;

    private long caughtUpMs;
    private long lastFetchMs = NEVER;
    private long leaderEndAtLastFetch = Long.MAX_VALUE;

    FollowerProgress(int brokerId) {
        this.brokerId = brokerId;
        this.caughtUpMs = NEVER;
    }

    /** A member of the in-sync set has its time from the beginning of the term on. */
    void creditedAt(long nowMs) {
        caughtUpMs = Math.max(caughtUpMs, nowMs);
    }

    void fetched(LogPosition position, long epoch, long leaderEnd, long nowMs) {
        if (position.offset() >= leaderEnd) {
            caughtUpMs = Math.max(caughtUpMs, nowMs);
        } else if (position.offset() >= leaderEndAtLastFetch) {
            caughtUpMs = Math.max(caughtUpMs, lastFetchMs);
        }
        end = position;
        brokerEpoch = epoch;
        leaderEndAtLastFetch = leaderEnd;
        lastFetchMs = nowMs;
    }

    long endOffset() {
        LogPosition known = end;
        return known == null ? -1 : known.offset();
    }

    boolean lags(long leaderEnd, long nowMs, long lagMaxMs) {
        return endOffset() < leaderEnd && nowMs - caughtUpMs > lagMaxMs;
    }
}
