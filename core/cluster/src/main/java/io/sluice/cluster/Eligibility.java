package io.sluice.cluster;

/**
 * Who besides the in-sync replicas may lead a partition (KIP-966).
 *
 * @param elr replicas that left the in-sync set when it was, or so became, smaller than min.insync.replicas. The high
 *     watermark has not moved since, so each has all that was acknowledged, and may lead when no in-sync replica lives
 * @param lastKnownElr replicas that were in either set and came back without proof that they still have what they had
 *     (R14): the best there is once both sets are empty
 * @param recovering the leader was elected although it may lack acknowledged records, and has not said since that it has
 *     taken over
 */
public record Eligibility(BrokerIds elr, BrokerIds lastKnownElr, boolean recovering) {
    public static final Eligibility NONE = new Eligibility(BrokerIds.of(), BrokerIds.of(), false);

    public boolean isNone() {
        return elr.isEmpty() && lastKnownElr.isEmpty() && !recovering;
    }
}
