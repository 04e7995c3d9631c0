package io.sluice.replication;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.LogId;
import io.sluice.log.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A partition's leader through one leader epoch: knows how far each replica has come, says where the high watermark is
 * and which change of the in-sync set is due. A pure state machine: it is told of events and of the time, and answers.
 * Owned by the partition's home loop; discarded when the epoch ends.
 *
 * <p>Two in-sync sets matter. The <em>committed</em> one is what the controller has stored. The <em>maximal</em> one also
 * has whoever is being added by a change that was sent and not answered. The high watermark is the smallest end over the
 * maximal set (R2), for either of the two may turn out to hold; a removal counts only when it is committed (R3).
 *
 * <pre>
 *   Settled ──a follower lags, or has caught up──▶ Pending ──accepted, or a newer image──▶ Settled
 *                                                  │    ▲
 *                                                  └────┘ outcome unknown, controller away: the same again
 * </pre>
 */
public final class LeaderState {
    /**
     * What stays as it is through the term.
     *
     * @param self this broker
     * @param partition which partition
     * @param leaderEpoch in which it leads
     * @param epochStart the end of its log when the epoch began
     */
    public record Term(int self, LogId partition, int leaderEpoch, long epochStart) {}

    /** A follower that the controller refused is not proposed again for so long. */
    private static final long JOIN_AGAIN_MS = 1_000;

    private final Term term;
    private BrokerIds replicas;
    private BrokerIds committed;
    private int partitionEpoch;
    private int minInSync;
    private @Nullable IsrChange pending;

    private FollowerProgress[] followers = new FollowerProgress[0];
    /** Whether the maximal in-sync set is this broker alone, so that nobody else need be looked at. */
    private boolean alone;

    private LogPosition localEnd;
    private LogPosition highWatermark;

    /**
     * @param image what the controller decided
     * @param minInSync {@code min.insync.replicas}
     * @param localEnd up to where this broker has the log as safely as the topic asks
     * @param highWatermark as last known, not above {@code localEnd}
     * @param nowMs of a clock that never goes back
     */
    public LeaderState(
            Term term,
            PartitionImage image,
            int minInSync,
            LogPosition localEnd,
            LogPosition highWatermark,
            long nowMs) {
        this.term = term;
        this.replicas = image.replicas();
        this.committed = image.isr();
        this.partitionEpoch = image.partitionEpoch();
        this.minInSync = minInSync;
        this.localEnd = localEnd;
        this.highWatermark = highWatermark;
        rebuildFollowers();
        for (FollowerProgress follower : followers) {
            if (follower.inSync) {
                follower.creditedAt(nowMs);
            }
        }
    }

    public int leaderEpoch() {
        return term.leaderEpoch();
    }

    /** Where this leader's epoch begins; until the high watermark is there, what is committed is not known for sure. */
    public long epochStart() {
        return term.epochStart();
    }

    public LogPosition highWatermark() {
        return highWatermark;
    }

    /** The in-sync set that the controller has stored. */
    public BrokerIds committedIsr() {
        return committed;
    }

    /** The committed set and whoever is being added: those that the high watermark waits for (R2). */
    public BrokerIds maximalIsr() {
        IsrChange change = pending;
        BrokerIds maximal = committed;
        for (int i = 0; change != null && i < change.isr().size(); i++) {
            maximal = maximal.with(change.isr().get(i).brokerId());
        }
        return maximal;
    }

    public int partitionEpoch() {
        return partitionEpoch;
    }

    /** Whether acks=all can be kept at all now (R1). */
    public boolean enoughInSync() {
        return committed.size() >= requiredInSync();
    }

    /** How many replicas must be in sync: no more can be asked than the partition has. */
    public int requiredInSync() {
        return Math.min(minInSync, replicas.size());
    }

    /** The change of the in-sync set that was sent and is not settled. */
    public Optional<IsrChange> pending() {
        return Optional.ofNullable(pending);
    }

    /** This broker has more of the log, as safely as the topic asks; true when {@link #highWatermark} has moved. */
    public boolean localEnd(LogPosition end) {
        localEnd = end;
        return advance();
    }

    /**
     * A follower has asked for what comes at {@code position}, so it has everything before. Counts only in this leader
     * epoch and under the broker's present registration (R4, R8, R13).
     *
     * @param leaderEpoch that the fetch was made and served in
     * @param leaderEnd the end of this broker's log when the fetch was served
     * @return whether {@link #highWatermark} has moved
     */
    public boolean fetched(
            int brokerId,
            long brokerEpoch,
            int leaderEpoch,
            LogPosition position,
            long leaderEnd,
            long nowMs,
            BrokerEpochs epochs) {
        FollowerProgress follower = follower(brokerId);
        if (follower == null
                || leaderEpoch != term.leaderEpoch()
                || brokerEpoch == BrokerEpochs.NONE
                || brokerEpoch != epochs.of(brokerId)) {
            return false;
        }
        follower.fetched(position, brokerEpoch, leaderEnd, nowMs);
        return follower.inSync && advance();
    }

    /**
     * The change that brings a follower into the in-sync set, if it has just shown that it may: its end has reached the
     * high watermark and the start of this epoch (R4), and its broker means to stay (R20). To be asked after {@link #fetched} only: what an older fetch told
     * may no longer be so. The caller sends the change and tells of the outcome.
     */
    public Optional<IsrChange> joinAfterFetch(int brokerId, long nowMs, BrokerEpochs epochs) {
        FollowerProgress follower = follower(brokerId);
        if (follower == null
                || follower.inSync
                || pending != null
                || nowMs < follower.joinNotBeforeMs
                || epochs.isLeaving(brokerId)
                || follower.endOffset() < Math.max(highWatermark.offset(), term.epochStart())
                || follower.brokerEpoch != epochs.of(brokerId)) {
            return Optional.empty();
        }
        int[] wanted = new int[committed.size() + 1];
        for (int i = 0; i < committed.size(); i++) {
            wanted[i] = committed.at(i);
        }
        wanted[committed.size()] = brokerId;
        return propose(BrokerIds.of(wanted), epochs);
    }

    /** The change that removes whoever has lagged for longer than {@code lagMaxMs}, if anybody has. */
    public Optional<IsrChange> tick(long nowMs, long lagMaxMs, BrokerEpochs epochs) {
        if (pending != null || committed.size() == 1) {
            return Optional.empty();
        }
        List<Integer> kept = new ArrayList<>(committed.size());
        for (int i = 0; i < committed.size(); i++) {
            FollowerProgress follower = follower(committed.at(i));
            if (committed.at(i) == term.self()
                    || (follower != null && !follower.lags(localEnd.offset(), nowMs, lagMaxMs))) {
                kept.add(committed.at(i));
            }
        }
        return kept.size() == committed.size() ? Optional.empty() : propose(BrokerIds.copyOf(kept), epochs);
    }

    private Optional<IsrChange> propose(BrokerIds wanted, BrokerEpochs epochs) {
        List<IsrChange.Member> members = new ArrayList<>(wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            members.add(new IsrChange.Member(wanted.at(i), epochs.of(wanted.at(i))));
        }
        LogId id = term.partition();
        IsrChange change =
                new IsrChange(id.topicId(), id.partition(), term.leaderEpoch(), partitionEpoch, List.copyOf(members));
        pending = change;
        markInSync();
        return Optional.of(change);
    }

    /**
     * The controller refused the pending change for good: it has not been made, and no repetition of it that is still on
     * its way can be (its member has died or is leaving, so its broker epoch will never be good again). True when the high
     * watermark has moved.
     */
    public boolean refusedForGood(long nowMs) {
        for (FollowerProgress follower : followers) {
            if (follower.inSync && !committed.has(follower.brokerId)) {
                follower.joinNotBeforeMs = nowMs + JOIN_AGAIN_MS;
            }
        }
        pending = null;
        markInSync();
        return advance();
    }

    /**
     * The controller's state, as an answer or an image tells it. Older ones and those of other leader epochs are ignored
     * (R23); a newer one settles what is pending, whichever way it was decided (R3). True when the high watermark has
     * moved.
     */
    public boolean decided(PartitionImage image) {
        if (image.leaderEpoch() != term.leaderEpoch() || image.partitionEpoch() <= partitionEpoch) {
            return false;
        }
        partitionEpoch = image.partitionEpoch();
        committed = image.isr();
        pending = null;
        if (!replicas.equals(image.replicas())) {
            replicas = image.replicas();
            rebuildFollowers();
        } else {
            markInSync();
        }
        return advance();
    }

    /** {@code min.insync.replicas} has changed; true when the high watermark has moved. */
    public boolean minInSync(int changed) {
        minInSync = changed;
        return advance();
    }

    private boolean advance() {
        if (!enoughInSync()) {
            return false; // what leaves the in-sync set now is complete, and may be elected later (R14)
        }
        LogPosition lowest = localEnd;
        if (!alone) {
            for (FollowerProgress follower : followers) {
                if (follower.inSync) {
                    LogPosition end = follower.end;
                    if (end == null) {
                        return false;
                    }
                    if (end.offset() < lowest.offset()) {
                        lowest = end;
                    }
                }
            }
        }
        boolean moved = lowest.offset() > highWatermark.offset();
        // One that was carried over from before the term may lack its place in the file.
        boolean located = lowest.offset() == highWatermark.offset() && highWatermark.segmentBase() < 0;
        if (moved || located) {
            highWatermark = lowest;
        }
        return moved || located;
    }

    /** Keeps what is known of followers that stay. One that comes back after it was gone begins with nothing (R4). */
    private void rebuildFollowers() {
        List<FollowerProgress> rebuilt = new ArrayList<>(replicas.size());
        for (int i = 0; i < replicas.size(); i++) {
            int id = replicas.at(i);
            if (id != term.self()) {
                FollowerProgress known = follower(id);
                rebuilt.add(known == null ? new FollowerProgress(id) : known);
            }
        }
        followers = rebuilt.toArray(FollowerProgress[]::new);
        markInSync();
    }

    private void markInSync() {
        alone = true;
        for (FollowerProgress follower : followers) {
            follower.inSync = committed.has(follower.brokerId) || isBeingAdded(follower.brokerId);
            alone &= !follower.inSync;
        }
    }

    private boolean isBeingAdded(int brokerId) {
        IsrChange change = pending;
        if (change != null) {
            for (IsrChange.Member member : change.isr()) {
                if (member.brokerId() == brokerId) {
                    return true;
                }
            }
        }
        return false;
    }

    private @Nullable FollowerProgress follower(int brokerId) {
        for (FollowerProgress follower : followers) {
            if (follower.brokerId == brokerId) {
                return follower;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "LeaderState[" + term.partition() + ", epoch=" + term.leaderEpoch() + ", isr=" + committed
                + ", partitionEpoch=" + partitionEpoch + ", pending=" + pending + ", highWatermark="
                + highWatermark.offset() + ", end=" + localEnd.offset() + "]";
    }
}
