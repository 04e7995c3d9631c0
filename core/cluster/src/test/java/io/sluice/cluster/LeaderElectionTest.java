package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.EpochChain;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
    private static final BrokerIds REPLICAS = BrokerIds.of(3, 1, 2);
    private static final BrokerIds NONE = BrokerIds.of();

    @Test
    void r16FirstLiveReplicaInSyncLeads() {
        assertThat(choose(BrokerIds.of(1, 2, 3), NONE, NONE, false, 1, 2)).isEqualTo(in(1));
        assertThat(choose(BrokerIds.of(1, 2, 3), NONE, NONE, false, 1, 2, 3)).isEqualTo(in(3));
    }

    @Test
    void r16EligibleReplicaLeadsWhenNoneInSyncLives() {
        assertThat(choose(BrokerIds.of(3), BrokerIds.of(1, 2), NONE, false, 1, 2))
                .isEqualTo(new LeaderElection.Choice(1, LeaderElection.Basis.ELIGIBLE));
    }

    @Test
    void r16StaleReplicaDoesNotLead() {
        assertThat(choose(BrokerIds.of(3), BrokerIds.of(1), NONE, false, 2).isMade())
                .isFalse();
    }

    @Test
    void r16StaleReplicaLeadsWhereThatIsAllowed() {
        assertThat(choose(BrokerIds.of(3), BrokerIds.of(1), NONE, true, 2))
                .isEqualTo(new LeaderElection.Choice(2, LeaderElection.Basis.UNCLEAN));
        assertThat(choose(BrokerIds.of(3), NONE, BrokerIds.of(2), true, 1, 2))
                .as("the last known first")
                .isEqualTo(new LeaderElection.Choice(2, LeaderElection.Basis.UNCLEAN));
    }

    @Test
    void r14LastKnownLeadsOnceAllLastKnownAreThere() {
        assertThat(choose(NONE, NONE, BrokerIds.of(1, 2), false, 2).isMade()).isFalse();
        assertThat(choose(NONE, BrokerIds.of(3), BrokerIds.of(1, 2), false, 1, 2)
                        .isMade())
                .as("3 may come back whole")
                .isFalse();
        assertThat(choose(NONE, NONE, BrokerIds.of(1, 2), false, 1, 2))
                .isEqualTo(new LeaderElection.Choice(1, LeaderElection.Basis.LAST_KNOWN));
    }

    @Test
    void r20BrokerThatLeavesLeadsOnlyWhenNobodyElseCan() {
        TreeMap<Integer, BrokerInfo> live = live(1, 2, 3);
        live.put(3, live.get(3).leaving());
        Electorate brokers = new Electorate(live);

        assertThat(LeaderElection.choose(REPLICAS, BrokerIds.of(1, 3), Eligibility.NONE, brokers, false))
                .isEqualTo(in(1));
        assertThat(LeaderElection.choose(REPLICAS, BrokerIds.of(3), Eligibility.NONE, brokers, true))
                .as("rather than to lose records")
                .isEqualTo(in(3));
    }

    private static LeaderElection.Choice in(int leader) {
        return new LeaderElection.Choice(leader, LeaderElection.Basis.IN_SYNC);
    }

    private static LeaderElection.Choice choose(
            BrokerIds isr, BrokerIds elr, BrokerIds lastKnown, boolean unclean, int... live) {
        return LeaderElection.choose(
                REPLICAS, isr, new Eligibility(elr, lastKnown, false), new Electorate(live(live)), unclean);
    }

    static TreeMap<Integer, BrokerInfo> live(int... ids) {
        TreeMap<Integer, BrokerInfo> live = new TreeMap<>();
        for (int id : ids) {
            live.put(id, new BrokerInfo(id, 100 + id, List.of(), Optional.empty(), EpochChain.NONE));
        }
        return live;
    }
}
