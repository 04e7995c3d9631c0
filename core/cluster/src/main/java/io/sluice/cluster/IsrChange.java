package io.sluice.cluster;

import java.util.List;
import java.util.UUID;

/**
 * A change of a partition's in-sync replicas, which its leader asks the controller for (KIP-497, KIP-841, KIP-903).
 *
 * @param leaderEpoch in which the asker leads
 * @param partitionEpoch of the state that it knows; the controller refuses a change of any other
 * @param isr the replicas that shall be in sync
 * @param recovered whether a leader that was elected although it may lack records has taken over by now (KIP-704)
 */
public record IsrChange(
        UUID topicId, int partition, int leaderEpoch, int partitionEpoch, List<Member> isr, boolean recovered) {
    public IsrChange {
        isr = List.copyOf(isr);
    }

    /** Of a leader that has taken over, as one that asks for anything has. */
    public IsrChange(UUID topicId, int partition, int leaderEpoch, int partitionEpoch, List<Member> isr) {
        this(topicId, partition, leaderEpoch, partitionEpoch, isr, true);
    }

    /** A replica together with the registration under which it was seen to have caught up (R13). */
    public record Member(int brokerId, long brokerEpoch) {}
}
