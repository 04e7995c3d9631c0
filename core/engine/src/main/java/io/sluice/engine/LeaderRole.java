package io.sluice.engine;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.LogPosition;
import io.sluice.replication.LeaderState;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition while this broker leads it, one leader epoch long: joins {@link LeaderState} with what happens around it.
 * Owned by the partition's home loop, except that fetches of replicas are counted from any thread.
 */
final class LeaderRole {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderRole.class);

    private final Partition partition;
    private final ReplicaPorts ports;
    private final LeaderState state;
    private final LowWatermark lowWatermark;
    private volatile ReplicaReads reads;
    /** Who is in sync or about to be: their copying is what acknowledgements wait for. */
    private volatile BrokerIds inSync;

    LeaderRole(Partition partition, ReplicaPorts ports, LeaderState state, BrokerIds replicas) {
        this.partition = partition;
        this.ports = ports;
        this.state = state;
        this.lowWatermark = new LowWatermark(partition, ports, replicas);
        this.reads = new ReplicaReads(replicas, ports.self());
        this.inSync = state.maximalIsr();
    }

    LeaderState state() {
        return state;
    }

    /** Final for the term. Any thread. */
    int epoch() {
        return state.leaderEpoch();
    }

    /** Where the term began in the log. Final for the term. Any thread. */
    long epochStart() {
        return state.epochStart();
    }

    /**
     * Up to where the follower's log goes, as it last told; -1 unless a consumer could read there from {@code offset} on.
     * Any thread.
     */
    long readableEnd(int brokerId, long offset) {
        return reads.readableEnd(brokerId, offset);
    }

    /** Whether the broker holds a replica. Any thread. */
    boolean isReplica(int brokerId) {
        return reads.isReplica(brokerId);
    }

    /** The rate that holds for what this replica is given, if one does. Any thread. */
    Optional<ReplicationThrottle> throttleOf(int brokerId) {
        boolean throttled = partition.isThrottledAsLeader() && ports.throttle().isOn() && !inSync.has(brokerId);
        return throttled ? Optional.of(ports.throttle()) : Optional.empty();
    }

    /** Who is in sync may have changed: a fetch of who is so now must not be held back any longer. */
    private void publishInSync() {
        BrokerIds now = state.maximalIsr();
        if (!now.equals(inSync)) {
            inSync = now;
            partition.throttleChanged();
        }
    }

    /**
     * A replica's fetch was served in this term (R8) and tells what it has; counts only under its present registration
     * (R13). Any thread.
     *
     * @param logStart where its log starts
     */
    void count(int brokerId, long brokerEpoch, LogPosition has, long logStart, long leaderEnd) {
        if (brokerEpoch == ports.epochs().of(brokerId)
                && reads.isNews(brokerId, brokerEpoch, has.offset(), logStart, leaderEnd, partition.nowMs())) {
            partition.home().run(() -> fetched(brokerId, brokerEpoch, has, logStart, leaderEnd));
        }
    }

    private void fetched(int brokerId, long brokerEpoch, LogPosition has, long logStart, long leaderEnd) {
        if (!partition.isLedBy(this)) {
            return;
        }
        long now = partition.nowMs();
        if (state.fetched(brokerId, brokerEpoch, epoch(), has, leaderEnd, now, ports.epochs())) {
            partition.onHighWatermark(state.highWatermark());
        }
        state.joinAfterFetch(brokerId, now, ports.epochs()).ifPresent(this::propose);
        lowWatermark.fetched(brokerId, logStart);
    }

    /** Removes replicas that lag from the in-sync set. */
    void checkLag(long lagMaxMs) {
        state.tick(partition.nowMs(), lagMaxMs, ports.epochs()).ifPresent(this::propose);
    }

    LowWatermark lowWatermark() {
        return lowWatermark;
    }

    private void propose(IsrChange change) {
        publishInSync();
        ports.proposals().propose(partition, change);
    }

    void localEnd(LogPosition end) {
        if (state.localEnd(end)) {
            partition.onHighWatermark(state.highWatermark());
        }
    }

    void minInSync(int changed) {
        if (state.minInSync(changed)) {
            partition.onHighWatermark(state.highWatermark());
        }
        partition.onInSync(this);
    }

    /** The in-sync set, or the assignment, is another in the same term. */
    void learn(PartitionImage decided) {
        int before = state.partitionEpoch();
        boolean moved = state.decided(decided);
        if (state.partitionEpoch() == before) {
            return; // no newer than what is known (R23)
        }
        LOG.debug( // the controller's log has a line for all that an image changes
                "msg=\"in-sync replicas decided\" partition={} isr={} replicas={} leaderEpoch={} partitionEpoch={}",
                partition.id(),
                state.committedIsr(),
                decided.replicas(),
                epoch(),
                state.partitionEpoch());
        reads = new ReplicaReads(decided.replicas(), ports.self());
        lowWatermark.assigned(decided.replicas());
        publishInSync();
        if (moved) {
            partition.onHighWatermark(state.highWatermark());
        }
        partition.onInSync(this);
    }

    /** Whether {@code change} is still to be settled. */
    boolean isPending(IsrChange change) {
        return state.pending().filter(pending -> pending == change).isPresent();
    }

    /**
     * What became of a proposed change; only what can't be undone by a late repetition settles it (R3).
     *
     * @return whether it is settled, so that it is not to be sent again
     */
    boolean answered(IsrChange change, Outcome<PartitionImage> outcome) {
        if (!isPending(change)) {
            return true;
        }
        if (outcome instanceof Outcome.Done<PartitionImage> done) {
            learn(done.value());
        } else if (IsrProposals.isForGood((Outcome.Refused<PartitionImage>) outcome)
                && state.refusedForGood(partition.nowMs())) {
            partition.onHighWatermark(state.highWatermark());
        }
        publishInSync();
        return !isPending(change);
    }

    String tooFewInSync() {
        return partition.id() + " has " + state.committedIsr().size() + " replicas in sync and needs "
                + state.requiredInSync() + " (min.insync.replicas)";
    }
}
