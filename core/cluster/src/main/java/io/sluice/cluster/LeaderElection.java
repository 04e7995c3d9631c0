package io.sluice.cluster;

import java.util.function.IntPredicate;

/**
 * Who leads (R16): the first live replica of the assignment that is in sync; else the first that is eligible; else
 * nobody, but for two exceptions that may lose records and are logged as such.
 *
 * <p>When both sets are empty because every member came back without proof of its log (R14), and all of those last known
 * are there, the first of them leads, in the order of the caller: there is nobody left to wait for. The caller asks each
 * for the end of its log first ({@link LastKnownQuery}). And where unclean.leader.election.enable is set, any surviving
 * replica leads, the last known first.
 */
final class LeaderElection {
    private static final Choice NOBODY = new Choice(PartitionImage.NO_LEADER, Basis.NOBODY);

    private LeaderElection() {}

    /** Why a replica was chosen. */
    enum Basis {
        IN_SYNC,
        ELIGIBLE,
        LAST_KNOWN,
        UNCLEAN,
        NOBODY
    }

    /** @param leader {@link PartitionImage#NO_LEADER} with {@link Basis#NOBODY} */
    record Choice(int leader, Basis basis) {
        boolean isMade() {
            return basis != Basis.NOBODY;
        }

        /** Whether the leader may lack records that were acknowledged. */
        boolean mayLose() {
            return basis == Basis.LAST_KNOWN || basis == Basis.UNCLEAN;
        }
    }

    /** @param order the replicas, preferred first */
    static Choice choose(
            BrokerIds order, BrokerIds isr, Eligibility eligibility, Electorate brokers, boolean uncleanAllowed) {
        Choice safe = safe(order, isr, eligibility.elr(), brokers::isStaying);
        if (!safe.isMade()) {
            safe = safe(order, isr, eligibility.elr(), brokers::isLive); // a leader that leaves is better than none
        }
        return safe.isMade() ? safe : unsafe(order, isr, eligibility, brokers, uncleanAllowed);
    }

    private static Choice safe(BrokerIds order, BrokerIds isr, BrokerIds elr, IntPredicate canLead) {
        int inSync = first(order, broker -> isr.has(broker) && canLead.test(broker));
        if (inSync != PartitionImage.NO_LEADER) {
            return new Choice(inSync, Basis.IN_SYNC);
        }
        return made(first(order, broker -> elr.has(broker) && canLead.test(broker)), Basis.ELIGIBLE);
    }

    private static Choice unsafe(
            BrokerIds order, BrokerIds isr, Eligibility eligibility, Electorate brokers, boolean uncleanAllowed) {
        BrokerIds known = eligibility.lastKnownElr();
        boolean nobodyToWaitFor = isr.isEmpty() && eligibility.elr().isEmpty() && !known.isEmpty();
        if (nobodyToWaitFor && known.stream().allMatch(brokers::isLive)) {
            return made(first(order, known::has), Basis.LAST_KNOWN);
        }
        if (!uncleanAllowed) {
            return NOBODY;
        }
        int survivor = first(order, broker -> known.has(broker) && brokers.isLive(broker));
        return made(survivor != PartitionImage.NO_LEADER ? survivor : first(order, brokers::isLive), Basis.UNCLEAN);
    }

    private static Choice made(int leader, Basis basis) {
        return leader == PartitionImage.NO_LEADER ? NOBODY : new Choice(leader, basis);
    }

    private static int first(BrokerIds order, IntPredicate wanted) {
        for (int i = 0; i < order.size(); i++) {
            if (wanted.test(order.at(i))) {
                return order.at(i);
            }
        }
        return PartitionImage.NO_LEADER;
    }
}
