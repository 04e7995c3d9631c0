package io.sluice.cluster;

/**
 * A move of a partition to other brokers that is under way (KIP-455). Until it is complete the partition has the
 * replicas of both sides.
 *
 * @param original the replicas before, in their order: what a cancelled move goes back to
 * @param target the replicas that the partition shall have, preferred leader first
 */
public record Reassignment(BrokerIds original, BrokerIds target) {
    /** Nothing moves. */
    public static final Reassignment NONE = new Reassignment(BrokerIds.of(), BrokerIds.of());

    public boolean isUnderWay() {
        return !target.isEmpty();
    }

    /** Replicas that are being added. */
    public BrokerIds adding() {
        return target.without(original);
    }

    /** Replicas that go once the added ones have caught up. */
    public BrokerIds removing() {
        return original.without(target);
    }
}
