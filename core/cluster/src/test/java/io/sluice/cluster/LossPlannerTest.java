package io.sluice.cluster;

import static io.sluice.cluster.PlannerFixture.TOPIC;
import static io.sluice.cluster.PlannerFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LossPlannerTest {
    private static final BrokerIds REPLICAS = ids(1, 2, 3);

    private static PartitionImage inSync(int leader, int... isr) {
        return new PartitionImage(leader, 5, REPLICAS, ids(isr), 7);
    }

    private static PartitionImage with(PartitionImage state, Eligibility eligibility) {
        return new PartitionImage(
                state.leader(),
                state.leaderEpoch(),
                state.replicas(),
                state.isr(),
                state.partitionEpoch(),
                eligibility,
                Reassignment.NONE);
    }

    private static Outcome<PartitionImage> giveUp(PlannerFixture cluster, Asker asker, int toldEpoch) {
        LostReplica lost = new LostReplica(TOPIC, 0, toldEpoch);
        return cluster.carryOut(LossPlanner.plan(cluster.draft(), PlannerFixture::rules, asker, TOPIC, List.of(lost)))
                .get(0);
    }

    private static Outcome<PartitionImage> giveUp(PlannerFixture cluster, int broker, int toldEpoch) {
        return giveUp(cluster, new Asker(broker, 100 + broker), toldEpoch);
    }

    private static void refused(Outcome<PartitionImage> outcome, Refusal reason) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Refused<PartitionImage>) outcome).reason()).isEqualTo(reason);
    }

    @Test
    void leaderThatLostItsLogIsFollowedByAnotherInSync() {
        PlannerFixture cluster = new PlannerFixture(2, inSync(1, 1, 2, 3));

        giveUp(cluster, 1, -1);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(2, 6, REPLICAS, ids(2, 3), 8));
    }

    @Test
    void leaderThatLostItsLogIsFollowedByOneThatIsEligible() {
        Eligibility second = new Eligibility(ids(2), ids(), false);
        PlannerFixture cluster = new PlannerFixture(2, with(inSync(1, 1), second));

        giveUp(cluster, 1, -1);

        assertThat(cluster.partition(0).leader()).isEqualTo(2);
        assertThat(cluster.partition(0).isr()).isEqualTo(ids(2));
        assertThat(cluster.partition(0).eligibility())
                .as("what it had is gone")
                .isEqualTo(new Eligibility(ids(), ids(1), false));
    }

    @Test
    void r4FollowerThatLostItsLogLeavesTheSetAndANewTermBeginsInWhichNoFetchOfItCounts() {
        PlannerFixture cluster = new PlannerFixture(2, inSync(3, 1, 2, 3));

        giveUp(cluster, 1, 5);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(3, 6, REPLICAS, ids(2, 3), 8));
    }

    @Test
    void r4FollowerOutOfSyncThatToldTheLeaderOfItsLogMakesANewTermBegin() {
        PlannerFixture cluster = new PlannerFixture(2, inSync(3, 2, 3));

        giveUp(cluster, 1, 5);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(3, 6, REPLICAS, ids(2, 3), 8));
    }

    @Test
    void followerThatNobodyCountsOnChangesNothing() {
        PlannerFixture cluster = new PlannerFixture(2, inSync(3, 2, 3));

        assertThat(giveUp(cluster, 1, 4)).isEqualTo(Outcome.done(inSync(3, 2, 3)));

        assertThat(cluster.partition(0)).isEqualTo(inSync(3, 2, 3));
    }

    @Test
    void r14FollowerThatLostItsLogIsEligibleNoMore() {
        Eligibility first = new Eligibility(ids(1), ids(), false);
        PlannerFixture cluster = new PlannerFixture(2, with(inSync(3, 3), first));

        giveUp(cluster, 1, -1);

        assertThat(cluster.partition(0).eligibility()).isEqualTo(new Eligibility(ids(), ids(1), false));
        assertThat(cluster.partition(0).leader()).isEqualTo(3);
    }

    @Test
    void r16ReplicaIsNotGivenUpWhileNoOtherHasAllRecords() {
        PlannerFixture cluster = new PlannerFixture(1, inSync(1, 1));
        refused(giveUp(cluster, 1, -1), Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE);

        PlannerFixture othersAreGone = new PlannerFixture(1, inSync(1, 1, 2, 3));
        othersAreGone.gone(2);
        othersAreGone.gone(3);
        refused(giveUp(othersAreGone, 1, -1), Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE);

        assertThat(cluster.partition(0)).isEqualTo(inSync(1, 1));
        assertThat(othersAreGone.partition(0)).isEqualTo(inSync(1, 1, 2, 3));
    }

    @Test
    void r16ReplicaOfAPartitionWithoutALeaderIsNotGivenUp() {
        PlannerFixture cluster = new PlannerFixture(1, inSync(PartitionImage.NO_LEADER, 3));
        cluster.gone(3);

        refused(giveUp(cluster, 1, -1), Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void r12ProcessBeforeTheLastRegistrationGivesNothingUp() {
        PlannerFixture cluster = new PlannerFixture(2, inSync(3, 1, 2, 3));

        refused(giveUp(cluster, new Asker(1, 100), 5), Refusal.STALE_BROKER_EPOCH);

        assertThat(cluster.partition(0)).isEqualTo(inSync(3, 1, 2, 3));
    }

    @Test
    void brokerThatHoldsNoReplicaGivesNothingUp() {
        PlannerFixture cluster = new PlannerFixture(2, inSync(3, 1, 2, 3));

        refused(giveUp(cluster, 4, 5), Refusal.INVALID_REQUEST);
    }
}
