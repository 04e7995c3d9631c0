package io.sluice.cluster;

/**
 * One partition as the controller last decided it.
 *
 * @param leader the leading broker, or {@link #NO_LEADER} when the partition is offline
 * @param leaderEpoch grows with every election; clients and replicas ignore what carries an older one (R23)
 * @param replicas the assignment, preferred leader first
 * @param isr the replicas that have everything that was acknowledged
 * @param partitionEpoch grows with every change of leader or isr
 */
public record PartitionImage(int leader, int leaderEpoch, BrokerIds replicas, BrokerIds isr, int partitionEpoch) {
    public static final int NO_LEADER = -1;

    public boolean isLedBy(int brokerId) {
        return leader == brokerId;
    }

    public boolean isOffline() {
        return leader == NO_LEADER;
    }
}
