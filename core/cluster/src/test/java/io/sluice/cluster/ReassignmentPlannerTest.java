package io.sluice.cluster;

import static io.sluice.cluster.PlannerFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReassignmentPlannerTest {
    private static final BrokerIds OLD = ids(1, 2);

    private final PlannerFixture cluster = new PlannerFixture(2, new PartitionImage(1, 0, OLD, OLD, 0));

    @Test
    void r21OldReplicasStayUntilTheNewOnesHaveCaughtUp() {
        cluster.reassign(0, 3, 4);
        PartitionImage moving = cluster.partition(0);
        assertThat(moving.replicas()).isEqualTo(ids(1, 2, 3, 4));
        assertThat(moving.reassignment().adding()).isEqualTo(ids(3, 4));
        assertThat(moving.reassignment().removing()).isEqualTo(OLD);
        assertThat(moving.isr()).isEqualTo(OLD);
        assertThat(moving.isUnderReplicated()).isFalse();

        cluster.alterIsr(0, 1, 2, 3);
        assertThat(cluster.partition(0).replicas()).isEqualTo(ids(1, 2, 3, 4));

        cluster.alterIsr(0, 1, 2, 3, 4);
        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(3, 1, ids(3, 4), ids(3, 4), 3));
    }

    @Test
    void r21LeaderThatStaysKeepsItsEpoch() {
        cluster.reassign(0, 2, 1, 3);
        cluster.alterIsr(0, 1, 2, 3);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(1, 0, ids(2, 1, 3), ids(2, 1, 3), 2));
    }

    @Test
    void r21CompletionWaitsForEnoughOfTheTargetInSync() {
        PlannerFixture shrunk = new PlannerFixture(2, new PartitionImage(1, 0, ids(1, 2, 3), ids(1, 3), 0));

        shrunk.reassign(0, 1, 2);
        assertThat(shrunk.partition(0).replicas()).as("2 is not in sync").isEqualTo(ids(1, 2, 3));

        shrunk.alterIsr(0, 1, 2, 3);
        assertThat(shrunk.partition(0)).isEqualTo(new PartitionImage(1, 0, ids(1, 2), ids(1, 2), 2));
    }

    @Test
    void orderAloneIsChangedAtOnce() {
        cluster.reassign(0, 2, 1);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(1, 0, ids(2, 1), ids(2, 1), 1));
    }

    @Test
    void cancelGoesBackToTheOriginalOrder() {
        cluster.reassign(0, 3, 1);
        cluster.alterIsr(0, 1, 2);

        cluster.cancel(0);

        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(1, 0, OLD, OLD, 2));
        refused(cluster.cancel(0), Refusal.NO_REASSIGNMENT_IN_PROGRESS);
    }

    @Test
    void r21CancelThatWouldDropWhoHoldsTheRecordsIsRefused() {
        cluster.reassign(0, 3, 4);
        cluster.alterIsr(0, 1, 3);

        refused(cluster.cancel(0), Refusal.INELIGIBLE_REPLICA);
        refused(cluster.reassign(0, 1, 2), Refusal.INELIGIBLE_REPLICA);
    }

    @Test
    void moveMayBeRedirected() {
        cluster.reassign(0, 3, 4);

        cluster.reassign(0, 1, 4);

        assertThat(cluster.partition(0).replicas()).isEqualTo(ids(1, 2, 4));
        assertThat(cluster.partition(0).reassignment()).isEqualTo(new Reassignment(OLD, ids(1, 4)));
    }

    @Test
    void impossibleTargetIsRefused() {
        refused(cluster.reassign(0), Refusal.INVALID_REPLICA_ASSIGNMENT);
        refused(cluster.reassign(0, 3, 3), Refusal.INVALID_REPLICA_ASSIGNMENT);
        refused(cluster.reassign(0, 1, 9), Refusal.INVALID_REPLICA_ASSIGNMENT);
        refused(cluster.reassign(1, 1, 2), Refusal.UNKNOWN_PARTITION);
    }

    @Test
    void cordonedOrLeavingBrokerGetsNoReplica() {
        cluster.leaving(3);
        cluster.apply(
                new ImageEvent.ConfigsChanged(ConfigResource.broker(4), Map.of("sluice.broker.cordoned", "true")));

        refused(cluster.reassign(0, 1, 3), Refusal.INVALID_REPLICA_ASSIGNMENT);
        refused(cluster.reassign(0, 1, 4), Refusal.INVALID_REPLICA_ASSIGNMENT);
        assertThat(Brokers.forNewReplicas(cluster.draft()).byId()).containsOnlyKeys(1, 2);
    }

    private static void refused(Outcome<PartitionImage> outcome, Refusal reason) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(reason));
    }
}
