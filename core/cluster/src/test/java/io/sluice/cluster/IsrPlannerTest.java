package io.sluice.cluster;

import static io.sluice.cluster.PlannerFixture.TOPIC;
import static io.sluice.cluster.PlannerFixture.ids;
import static io.sluice.cluster.PlannerFixture.members;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IsrPlannerTest {
    private static final BrokerIds REPLICAS = ids(1, 2, 3);

    private final PlannerFixture cluster = new PlannerFixture(2, new PartitionImage(1, 5, REPLICAS, REPLICAS, 7));

    @Test
    void r3ShrinkIsDecidedInTheOrderOfTheAssignment() {
        assertThat(cluster.alterIsr(0, 3, 1)).isEqualTo(Outcome.done(new PartitionImage(1, 5, REPLICAS, ids(1, 3), 8)));
    }

    @Test
    void r14ShrinkBelowTheMinimumKeepsWhoLeavesEligible() {
        cluster.alterIsr(0, 1);

        assertThat(cluster.partition(0).isr()).isEqualTo(ids(1));
        assertThat(cluster.partition(0).eligibility()).isEqualTo(new Eligibility(ids(2, 3), ids(), false));

        cluster.alterIsr(0, 1, 2);

        assertThat(cluster.partition(0).eligibility())
                .as("the high watermark moves again, so 3 is complete no more")
                .isEqualTo(Eligibility.NONE);
    }

    @Test
    void r3RetryIsAnsweredWithTheStateThatHolds() {
        IsrChange change = new IsrChange(TOPIC, 0, 5, 7, members(1, 2));
        Outcome<PartitionImage> first = cluster.alterIsr(1, change);

        assertThat(cluster.alterIsr(1, change)).isEqualTo(first);
        assertThat(cluster.partition(0).partitionEpoch()).isEqualTo(8);
    }

    @Test
    void r2ChangeOfAStateThatIsOverIsRefused() {
        cluster.alterIsr(0, 1, 2);

        refused(cluster.alterIsr(1, new IsrChange(TOPIC, 0, 5, 7, members(1, 3))), Refusal.STALE_PARTITION_EPOCH);
        refused(cluster.alterIsr(1, new IsrChange(TOPIC, 0, 4, 8, members(1, 3))), Refusal.FENCED_LEADER_EPOCH);
        refused(cluster.alterIsr(1, new IsrChange(TOPIC, 0, 6, 8, members(1, 3))), Refusal.NOT_CONTROLLER);
        refused(cluster.alterIsr(1, new IsrChange(TOPIC, 0, 5, 9, members(1, 3))), Refusal.NOT_CONTROLLER);
    }

    @Test
    void r13MemberMustBeTheProcessThatCaughtUp() {
        cluster.alterIsr(0, 1, 2);
        IsrChange.Member earlierProcess = new IsrChange.Member(3, 99);
        List<IsrChange.Member> wanted = List.of(members(1).get(0), members(2).get(0), earlierProcess);

        refused(cluster.alterIsr(1, new IsrChange(TOPIC, 0, 5, 8, wanted)), Refusal.INELIGIBLE_REPLICA);

        cluster.gone(3);
        refused(cluster.alterIsr(0, 1, 2, 3), Refusal.INELIGIBLE_REPLICA);
    }

    @Test
    void r20BrokerThatLeavesDoesNotJoinButMayStay() {
        cluster.alterIsr(0, 1, 2);
        cluster.leaving(2);
        cluster.leaving(3);

        refused(cluster.alterIsr(0, 1, 2, 3), Refusal.INELIGIBLE_REPLICA);
        assertThat(cluster.alterIsr(0, 1, 2).isDone()).isTrue();
    }

    @Test
    void r8OnlyTheLeaderMayAsk() {
        refused(cluster.alterIsr(2, new IsrChange(TOPIC, 0, 5, 7, members(1, 2))), Refusal.INVALID_REQUEST);
        refused(cluster.alterIsr(0, 2, 3), Refusal.INVALID_REQUEST);
        refused(cluster.alterIsr(0, 1, 4), Refusal.INVALID_REQUEST);
        refused(cluster.alterIsr(0, 1, 2, 2), Refusal.INVALID_REQUEST);
    }

    @Test
    void r12AskerMustBeRegisteredUnderTheEpochItAsksWith() {
        IsrChange change = new IsrChange(TOPIC, 0, 5, 7, members(1, 2));

        Outcome<PartitionImage> outcome = cluster.carryOut(IsrPlanner.plan(
                        cluster.draft(), PlannerFixture::rules, new Asker(1, 100), TOPIC, List.of(change)))
                .get(0);

        refused(outcome, Refusal.STALE_BROKER_EPOCH);
    }

    @Test
    void r22UnknownTopicIdIsRefused() {
        refused(cluster.alterIsr(1, new IsrChange(new UUID(9, 9), 0, 5, 7, members(1))), Refusal.UNKNOWN_TOPIC_ID);
        refused(cluster.alterIsr(1, new IsrChange(TOPIC, 1, 5, 7, members(1))), Refusal.UNKNOWN_PARTITION);
    }

    @Test
    void r16RecoveringEndsWhenTheLeaderSaysSo() {
        Eligibility recovering = new Eligibility(ids(), ids(), true);
        PlannerFixture lone =
                new PlannerFixture(1, new PartitionImage(1, 5, REPLICAS, ids(1), 7, recovering, Reassignment.NONE));

        lone.alterIsr(1, new IsrChange(TOPIC, 0, 5, 7, members(1), false));
        assertThat(lone.partition(0).eligibility().recovering()).isTrue();

        lone.alterIsr(1, new IsrChange(TOPIC, 0, 5, 7, members(1)));
        assertThat(lone.partition(0)).isEqualTo(new PartitionImage(1, 5, REPLICAS, ids(1), 8));
    }

    private static void refused(Outcome<PartitionImage> outcome, Refusal reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(reason));
    }
}
