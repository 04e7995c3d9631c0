package io.sluice.cluster;

/**
 * One partition as the controller last decided it.
 *
 * @param leader the leading broker, or {@link #NO_LEADER} when the partition is offline
 * @param leaderEpoch grows with every election; clients and replicas ignore what carries an older one (R23)
 * @param replicas the assignment, preferred leader first; during a move those of both sides
 * @param isr the replicas that have everything that was acknowledged; empty when the last of them went (R14)
 * @param partitionEpoch grows with every change of anything here
 * @param eligibility who may lead when no in-sync replica can
 * @param reassignment the move that is under way, if any
 */
public record PartitionImage(
        int leader,
        int leaderEpoch,
        BrokerIds replicas,
        BrokerIds isr,
        int partitionEpoch,
        Eligibility eligibility,
        Reassignment reassignment) {
    public static final int NO_LEADER = -1;

    /** A partition in its usual state: nobody outside the in-sync set counts, and nothing moves. */
    public PartitionImage(int leader, int leaderEpoch, BrokerIds replicas, BrokerIds isr, int partitionEpoch) {
        this(leader, leaderEpoch, replicas, isr, partitionEpoch, Eligibility.NONE, Reassignment.NONE);
    }

    public boolean isLedBy(int brokerId) {
        return leader == brokerId;
    }

    public boolean isOffline() {
        return leader == NO_LEADER;
    }

    /** Whether replicas are missing from the in-sync set that nobody is about to take away or to add. */
    public boolean isUnderReplicated() {
        BrokerIds wanted = reassignment.isUnderWay() ? reassignment.original() : replicas;
        for (int i = 0; i < wanted.size(); i++) {
            if (!isr.has(wanted.at(i))) {
                return true;
            }
        }
        return false;
    }
}
