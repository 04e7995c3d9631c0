package io.sluice.cluster;

import static io.sluice.cluster.PlannerFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeadershipPlannerTest {
    private static final BrokerIds REPLICAS = ids(1, 2, 3);

    @Test
    void r20LeaverHandsOverAndLeavesTheSetsThatCanSpareIt() {
        PlannerFixture cluster = new PlannerFixture(
                2,
                new PartitionImage(1, 0, REPLICAS, REPLICAS, 0),
                new PartitionImage(2, 0, ids(2, 1), ids(2, 1), 0),
                new PartitionImage(1, 0, REPLICAS, ids(1), 0));

        int remaining = leave(cluster, 1);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(2, 1, REPLICAS, ids(2, 3), 1));
        assertThat(cluster.partition(1))
                .as("without 1 the set would be too small for acks=all")
                .isEqualTo(new PartitionImage(2, 0, ids(2, 1), ids(2, 1), 0));
        assertThat(cluster.partition(2).leader()).as("nobody else can").isEqualTo(1);
        assertThat(remaining).isEqualTo(1);
        assertThat(cluster.image().broker(1).orElseThrow().shuttingDown()).isTrue();
    }

    private static int room(PlannerFixture cluster, int broker, boolean hasRoom) {
        Outcome<Plans<Integer>> outcome =
                cluster.leadership().room(NotedEpochs.EMPTY, new Asker(broker, 100 + broker), hasRoom);
        return cluster.carryOut(((Outcome.Done<Plans<Integer>>) outcome).value());
    }

    @Test
    void brokerWithoutRoomHandsOverAndLeavesTheSetsThatCanSpareIt() {
        PlannerFixture cluster = new PlannerFixture(
                2, new PartitionImage(1, 0, REPLICAS, REPLICAS, 0), new PartitionImage(2, 0, ids(2, 1), ids(2, 1), 0));

        assertThat(room(cluster, 1, false)).isZero();

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(2, 1, REPLICAS, ids(2, 3), 1));
        assertThat(cluster.partition(1))
                .as("nobody can be spared")
                .isEqualTo(new PartitionImage(2, 0, ids(2, 1), ids(2, 1), 0));
        assertThat(cluster.image().broker(1).orElseThrow().condition()).isEqualTo(BrokerInfo.Condition.FULL);
        refused(cluster.alterIsr(0, 1, 2, 3), Refusal.INELIGIBLE_REPLICA);
    }

    @Test
    void leadershipIsNotPassedAroundAmongBrokersWithoutRoom() {
        PlannerFixture cluster = new PlannerFixture(2, new PartitionImage(1, 0, REPLICAS, REPLICAS, 0));
        room(cluster, 1, false);
        room(cluster, 2, false);
        assertThat(cluster.partition(0).leader()).isEqualTo(3);

        assertThat(room(cluster, 3, false)).as("nobody has room").isEqualTo(1);

        assertThat(cluster.partition(0).leader()).isEqualTo(3);
        assertThat(cluster.partition(0).isr()).isEqualTo(ids(2, 3));
    }

    @Test
    void brokerThatHasRoomAgainMayLeadAgain() {
        PlannerFixture cluster = new PlannerFixture(2, new PartitionImage(1, 0, REPLICAS, REPLICAS, 0));
        room(cluster, 1, false);
        refused(cluster.elect(Election.PREFERRED, 0), Refusal.PREFERRED_LEADER_NOT_AVAILABLE);

        room(cluster, 1, true);

        assertThat(cluster.alterIsr(0, 1, 2, 3).isDone()).isTrue();
        assertThat(cluster.elect(Election.PREFERRED, 0).isDone()).isTrue();
    }

    @Test
    void brokerThatLeavesIsNotKeptByHavingRoom() {
        PlannerFixture cluster = new PlannerFixture(2, new PartitionImage(1, 0, REPLICAS, REPLICAS, 0));
        cluster.leaving(1);

        room(cluster, 1, true);

        assertThat(cluster.image().broker(1).orElseThrow().shuttingDown()).isTrue();
    }

    @Test
    void r20LeaverThatAsksAgainDoesWhatHasBecomePossible() {
        PlannerFixture cluster = new PlannerFixture(1, new PartitionImage(1, 0, REPLICAS, ids(1), 0));
        assertThat(leave(cluster, 1)).isEqualTo(1);
        cluster.alterIsr(0, 1, 3);

        assertThat(leave(cluster, 1)).isZero();

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(3, 1, REPLICAS, ids(3), 2));
    }

    @Test
    void r20LeaverOfAnotherRegistrationIsRefused() {
        PlannerFixture cluster = new PlannerFixture(1, new PartitionImage(1, 0, REPLICAS, REPLICAS, 0));

        assertThat(cluster.leadership().leave(NotedEpochs.EMPTY, 1, 100).isDone())
                .isFalse();
    }

    @Test
    void r20PreferredReplicaLeadsAgainOnlyIfItIsInSync() {
        PlannerFixture cluster = new PlannerFixture(1, new PartitionImage(2, 4, REPLICAS, ids(2, 3), 4));
        refused(cluster.elect(Election.PREFERRED, 0), Refusal.PREFERRED_LEADER_NOT_AVAILABLE);
        cluster.alterIsr(0, 1, 2, 3);

        assertThat(cluster.elect(Election.PREFERRED, 0))
                .isEqualTo(Outcome.done(new PartitionImage(1, 5, REPLICAS, REPLICAS, 6)));
        refused(cluster.elect(Election.PREFERRED, 0), Refusal.ELECTION_NOT_NEEDED);
        refused(cluster.elect(Election.PREFERRED, 1), Refusal.UNKNOWN_PARTITION);
    }

    @Test
    void r16UncleanElectionThatIsAskedForStartsAnewFromASurvivor() {
        Eligibility onlyTheDead = new Eligibility(ids(1), ids(), false);
        PlannerFixture cluster =
                new PlannerFixture(2, new PartitionImage(-1, 4, REPLICAS, ids(), 4, onlyTheDead, Reassignment.NONE));
        cluster.gone(1);

        cluster.elect(Election.UNCLEAN, 0);

        assertThat(cluster.partition(0))
                .isEqualTo(new PartitionImage(
                        2, 5, REPLICAS, ids(2), 5, new Eligibility(ids(), ids(), true), Reassignment.NONE));
        refused(cluster.elect(Election.UNCLEAN, 0), Refusal.ELECTION_NOT_NEEDED);
    }

    @Test
    void r16UncleanElectionWithoutASurvivorIsRefused() {
        PlannerFixture cluster = new PlannerFixture(1, new PartitionImage(-1, 4, ids(1, 2), ids(), 4));
        cluster.gone(1);
        cluster.gone(2);

        refused(cluster.elect(Election.UNCLEAN, 0), Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    @Test
    void leadersGoBackAFewAtATimeAndOnlyFromWhereTooManyAreAway() {
        PartitionImage away = new PartitionImage(2, 1, REPLICAS, REPLICAS, 1);
        PartitionImage home = new PartitionImage(3, 1, ids(3, 1), ids(3, 1), 1);
        PlannerFixture cluster = new PlannerFixture(1, away, away, away, home);

        assertThat(cluster.carryOut(cluster.leadership().balance(10, 2))).isEqualTo(2);
        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(1, 2, REPLICAS, REPLICAS, 2));
        assertThat(cluster.partition(2)).isEqualTo(away);

        assertThat(cluster.leadership().balance(40, 2).result()).isZero();
        assertThat(cluster.carryOut(cluster.leadership().balance(10, 2))).isEqualTo(1);
        assertThat(cluster.leadership().balance(10, 2).parts()).isEmpty();
    }

    private static int leave(PlannerFixture cluster, int broker) {
        return cluster.carryOut(
                ((Outcome.Done<Plans<Integer>>) cluster.leadership().leave(NotedEpochs.EMPTY, broker, 100 + broker))
                        .value());
    }

    private static void refused(Outcome<PartitionImage> outcome, Refusal reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(reason));
    }
}
