package io.sluice.cluster;

import java.util.Optional;

/**
 * A partition's next state in the making: callers say what happened, {@link #next} draws the consequences. Who leaves
 * the in-sync set becomes eligible exactly while that set is smaller than min.insync.replicas, since only then the high
 * watermark stands still (KIP-966); the leader epoch grows when leadership passes on, the partition epoch with any
 * change (R9). Used once, by one planner.
 */
final class PartitionDraft {
    private final PartitionImage before;
    private final int minIsr;
    private BrokerIds replicas;
    private BrokerIds isr;
    private BrokerIds notEligible = BrokerIds.of();
    private BrokerIds forgotten = BrokerIds.of();
    private int leader;
    private boolean recovering;
    private boolean historyBroken;
    private boolean newTerm;
    private boolean renewed;
    private Reassignment reassignment;

    PartitionDraft(PartitionImage before, DurabilityRules rules) {
        this.before = before;
        this.minIsr = rules.minIsr();
        this.replicas = before.replicas();
        this.isr = before.isr();
        this.leader = before.leader();
        this.recovering = before.eligibility().recovering();
        this.reassignment = before.reassignment();
    }

    /** The process of {@code broker} ended, whether or not another has begun: it leads no more and is out of sync. */
    PartitionDraft failed(int broker) {
        isr = isr.without(broker);
        if (leader == broker) {
            leader = PartitionImage.NO_LEADER;
            newTerm = true; // even if the same broker leads again, it is not the same process (R12)
        }
        return this;
    }

    /** The log of {@code broker} may lack what it had: it counts among the last known only (R14). */
    PartitionDraft unproven(int broker) {
        if (before.isr().has(broker) || before.eligibility().elr().has(broker)) {
            isr = isr.without(broker);
            notEligible = notEligible.with(broker);
        }
        return this;
    }

    PartitionDraft inSync(BrokerIds members) {
        isr = members;
        return this;
    }

    /** Whoever knows an older state than the next knows too little to change it. */
    PartitionDraft renewed() {
        renewed = true;
        return this;
    }

    PartitionDraft recovered() {
        recovering = false;
        return this;
    }

    /** Those of the replicas that are not in {@code wanted} cease to be any. */
    PartitionDraft replicas(BrokerIds wanted, Reassignment move) {
        BrokerIds dropped = replicas.without(wanted);
        forgotten = forgotten.with(dropped);
        isr = isr.without(dropped);
        replicas = wanted;
        reassignment = move;
        if (dropped.has(leader)) {
            stepDown();
        }
        return this;
    }

    /**
     * Ends a move once who was added has caught up and enough of those that stay are in sync (R21); until then, and when
     * none moves, does nothing.
     */
    PartitionDraft completeMove(Electorate brokers) {
        if (!reassignment.isUnderWay()) {
            return this;
        }
        BrokerIds target = reassignment.target();
        BrokerIds kept = target.in(isr);
        boolean caughtUp = kept.containsAll(reassignment.adding());
        boolean enough = kept.size() >= Math.min(minIsr, target.size());
        boolean canBeLed = kept.has(leader) || kept.stream().anyMatch(brokers::isStaying);
        if (caughtUp && enough && canBeLed) {
            replicas(target, Reassignment.NONE);
            elect(brokers, false);
        }
        return this;
    }

    /** Whether {@code remaining} without the other replicas would still hold what was acknowledged as safely. */
    boolean canSpareAllBut(BrokerIds remaining) {
        BrokerIds holders = isr.with(before.eligibility().elr());
        boolean dropsNoHolder = remaining.containsAll(holders);
        return dropsNoHolder || remaining.in(isr).size() >= Math.min(minIsr, remaining.size());
    }

    /** Whether acks=all is served with {@code members} in sync. */
    boolean isEnough(BrokerIds members) {
        return members.size() >= Math.min(minIsr, replicas.size());
    }

    /** The leader, which lives, hands over. */
    PartitionDraft stepDown() {
        leader = PartitionImage.NO_LEADER;
        newTerm = true;
        return this;
    }

    /** Whom {@link #elect} would choose in the order of the assignment. */
    LeaderElection.Choice wouldElect(Electorate brokers, boolean uncleanAllowed) {
        return leader != PartitionImage.NO_LEADER
                ? new LeaderElection.Choice(leader, LeaderElection.Basis.IN_SYNC)
                : LeaderElection.choose(replicas, isr, eligibility(), brokers, uncleanAllowed);
    }

    /** Elects a leader if there is none, in the order of the assignment. */
    LeaderElection.Choice elect(Electorate brokers, boolean uncleanAllowed) {
        return elect(replicas, brokers, uncleanAllowed);
    }

    /** Elects one of {@code candidates} if there is no leader. */
    LeaderElection.Choice elect(BrokerIds candidates, Electorate brokers, boolean uncleanAllowed) {
        if (leader != PartitionImage.NO_LEADER) {
            return new LeaderElection.Choice(leader, LeaderElection.Basis.IN_SYNC);
        }
        LeaderElection.Choice choice = LeaderElection.choose(candidates, isr, eligibility(), brokers, uncleanAllowed);
        leader = choice.leader();
        newTerm |= choice.isMade();
        if (choice.isMade() && choice.basis() != LeaderElection.Basis.IN_SYNC) {
            isr = BrokerIds.of(leader);
        }
        recovering = choice.isMade() ? choice.mayLose() : recovering;
        if (choice.mayLose()) {
            historyBroken = true; // who was complete by the old history is not by the one that begins now
        }
        return choice;
    }

    /** The state that results; empty when nothing changes. */
    Optional<PartitionImage> next() {
        isr = replicas.in(isr); // in the order of the assignment, so that equal sets are equal
        if (leader == PartitionImage.NO_LEADER) {
            recovering = false;
        }
        PartitionImage after = new PartitionImage(
                leader,
                newTerm || leader != before.leader() ? before.leaderEpoch() + 1 : before.leaderEpoch(),
                replicas,
                isr,
                before.partitionEpoch(),
                eligibility(),
                reassignment);
        if (after.equals(before) && !renewed) {
            return Optional.empty();
        }
        return Optional.of(new PartitionImage(
                after.leader(),
                after.leaderEpoch(),
                after.replicas(),
                after.isr(),
                before.partitionEpoch() + 1,
                after.eligibility(),
                after.reassignment()));
    }

    private Eligibility eligibility() {
        if (isEnough(isr) || historyBroken) {
            return new Eligibility(BrokerIds.of(), BrokerIds.of(), recovering);
        }
        Eligibility old = before.eligibility();
        BrokerIds elr =
                before.isr().with(old.elr()).without(isr).without(notEligible).without(forgotten);
        BrokerIds known =
                old.lastKnownElr().with(notEligible).without(isr).without(elr).without(forgotten);
        return new Eligibility(elr, known, recovering);
    }
}
