package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.EpochChain;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RegistrationPlannerTest {
    private static final UUID TOPIC = new UUID(1, 1);
    private static final BrokerIds REPLICAS = BrokerIds.of(1, 2, 3);
    private static final BrokerIds NONE = BrokerIds.of();

    private NotedEpochs noted = NotedEpochs.EMPTY;
    private ClusterImage image = ClusterImage.empty("c");
    private Map<Vacancy, BrokerIds> orders = Map.of();
    private List<Vacancy> vacancies = List.of();

    RegistrationPlannerTest() {
        follow(broker(1, 11), broker(2, 12), broker(3, 13));
        topic(new PartitionImage(1, 0, REPLICAS, REPLICAS, 0), "2", "false");
    }

    @Test
    void r16LeaderThatGoesIsFollowedByTheNextInSync() {
        follow(broker(2, 12), broker(3, 13));

        assertThat(partition()).isEqualTo(new PartitionImage(2, 1, REPLICAS, BrokerIds.of(2, 3), 1));
        assertThat(image.brokers()).containsOnlyKeys(2, 3);
    }

    @Test
    void r9FollowerThatGoesLeavesTheLeaderItsEpoch() {
        follow(broker(1, 11), broker(3, 13));

        assertThat(partition()).isEqualTo(new PartitionImage(1, 0, REPLICAS, BrokerIds.of(1, 3), 1));
    }

    @Test
    void r14WhoLeavesBelowTheMinimumStaysEligible() {
        follow(broker(2, 12), broker(3, 13));
        follow(broker(3, 13));
        assertThat(partition()).isEqualTo(state(3, 2, BrokerIds.of(3), BrokerIds.of(2), NONE, false, 2));

        follow();
        assertThat(partition()).isEqualTo(state(-1, 3, NONE, BrokerIds.of(3, 2), NONE, false, 3));
    }

    @Test
    void r14EligibleBrokerLeadsWhenItComesBackWithProof() {
        follow();

        follow(proven(2, 22, 12));

        assertThat(partition()).isEqualTo(state(2, 2, BrokerIds.of(2), BrokerIds.of(1, 3), NONE, false, 2));
    }

    @Test
    void r14EligibleBrokerWithoutProofWaitsForTheOthers() {
        follow();

        follow(broker(2, 22));
        assertThat(partition().isOffline()).isTrue();
        assertThat(partition().eligibility()).isEqualTo(new Eligibility(BrokerIds.of(1, 3), BrokerIds.of(2), false));

        follow(broker(2, 22), proven(3, 23, 7));
        assertThat(partition().eligibility())
                .as("proof of another epoch proves nothing")
                .isEqualTo(new Eligibility(BrokerIds.of(1), BrokerIds.of(2, 3), false));

        follow(broker(2, 22), proven(3, 23, 7), broker(1, 21));
        assertThat(partition().isOffline()).isTrue();
        assertThat(vacancies)
                .as("all are there: to be asked for their ends")
                .containsExactly(
                        new Vacancy(TOPIC, 0, 4, List.of(new Asker(1, 21), new Asker(2, 22), new Asker(3, 23))));
    }

    @Test
    void r14BestOfTheLastKnownLeadsOnceTheyWereAsked() {
        follow();
        BrokerInfo[] back = {broker(1, 21), broker(2, 22), broker(3, 23)};
        follow(back);

        orders = Map.of(vacancies.get(0), BrokerIds.of(3, 1, 2));
        follow(back);

        assertThat(partition()).isEqualTo(state(3, 2, BrokerIds.of(3), NONE, NONE, true, 3));
        assertThat(vacancies).isEmpty();
    }

    @Test
    void r14AnswersOfProcessesThatAreNoMoreDoNotCount() {
        follow();
        follow(broker(1, 21), broker(2, 22), broker(3, 23));

        orders = Map.of(vacancies.get(0), BrokerIds.of(3, 1, 2));
        follow(broker(1, 21), broker(2, 22), broker(3, 33));

        assertThat(partition().isOffline()).isTrue();
        assertThat(vacancies.get(0).candidates()).contains(new Asker(3, 33));
    }

    @Test
    void r14RegistrationsThatNobodyNotedDoNotBreakTheProof() {
        follow();

        follow(proven(2, 42, EpochChain.of(12).then(22).then(32)));

        assertThat(partition()).isEqualTo(state(2, 2, BrokerIds.of(2), BrokerIds.of(1, 3), NONE, false, 2));
    }

    @Test
    void r14ProofOfOtherRegistrationsBeforeAndAfterTheNotedOneProvesNothing() {
        follow();

        follow(proven(2, 42, EpochChain.of(9).then(32)));

        assertThat(partition().eligibility()).isEqualTo(new Eligibility(BrokerIds.of(1, 3), BrokerIds.of(2), false));
    }

    @Test
    void r12FastRestartWithoutProofLeavesTheSet() {
        follow(broker(1, 21), broker(2, 12), broker(3, 13));

        assertThat(partition()).isEqualTo(new PartitionImage(2, 1, REPLICAS, BrokerIds.of(2, 3), 1));
    }

    @Test
    void r12LoneLeaderThatRestartsWithProofLeadsInANewEpoch() {
        topic(new PartitionImage(1, 5, BrokerIds.of(1), BrokerIds.of(1), 5), "1", "false");

        follow(proven(1, 21, 11), broker(2, 12), broker(3, 13));

        assertThat(partition()).isEqualTo(new PartitionImage(1, 6, BrokerIds.of(1), BrokerIds.of(1), 6));
    }

    @Test
    void r14LoneLeaderThatRestartsWithoutProofLeadsAsRecovering() {
        topic(new PartitionImage(1, 5, BrokerIds.of(1), BrokerIds.of(1), 5), "1", "false");

        follow(broker(1, 21), broker(2, 12), broker(3, 13));

        PartitionImage after = partition();
        assertThat(after.leader()).isEqualTo(1);
        assertThat(after.leaderEpoch()).isEqualTo(6);
        assertThat(after.eligibility().recovering()).isTrue();
    }

    @Test
    void r16StaleReplicaLeadsOnlyWhereThatIsAllowed() {
        PartitionImage onlyOneInSync = state(1, 4, BrokerIds.of(1), NONE, NONE, false, 9);
        topic(onlyOneInSync, "1", "false");
        follow(broker(2, 12), broker(3, 13));
        assertThat(partition().isOffline()).isTrue();

        topic(onlyOneInSync, "1", "true");
        follow(broker(2, 12), broker(3, 13));

        assertThat(partition()).isEqualTo(state(2, 5, BrokerIds.of(2), NONE, NONE, true, 10));
    }

    @Test
    void nothingIsPlannedWhenNothingChanged() {
        assertThat(plan(broker(1, 11), broker(2, 12), broker(3, 13)).parts()).isEmpty();
    }

    @Test
    void r12RegistrationIsNotedWithTheLastPartOnly() {
        Plans<List<Vacancy>> plans = plan(broker(1, 21), broker(2, 12), broker(3, 13));

        assertThat(plans.parts()).hasSize(3);
        assertThat(plans.parts().get(0).events()).containsExactly(new ImageEvent.BrokerGone(1));
        assertThat(plans.parts().get(1).ops()).extracting(StoreOp::path).containsExactly("/partitions/" + TOPIC);
        assertThat(plans.parts().get(2).ops()).extracting(StoreOp::path).containsExactly("/brokers/epochs/1");
    }

    private void topic(PartitionImage partition, String minIsr, String unclean) {
        image = image.draft()
                .apply(new ImageEvent.TopicCreated(new TopicImage(
                        TOPIC,
                        "orders",
                        Map.of("min.insync.replicas", minIsr, "unclean.leader.election.enable", unclean),
                        List.of(partition))))
                .seal(image.version().next());
    }

    private Plans<List<Vacancy>> plan(BrokerInfo... live) {
        return RegistrationPlanner.plan(
                image.draft(), noted, Arrays.asList(live), SettingLayers.ofStatic(Map.of()), orders);
    }

    private void follow(BrokerInfo... live) {
        List<ImageEvent> events = new ArrayList<>();
        Plans<List<Vacancy>> plans = plan(live);
        vacancies = plans.result();
        plans.parts().forEach(part -> events.addAll(part.events()));
        image = image.draft().applyAll(events).seal(image.version().next());
        for (BrokerInfo broker : live) {
            noted = noted.with(broker.id(), new NodeCodec.NotedEpoch(broker.epoch(), BrokerInfo.Condition.SERVING));
        }
    }

    private PartitionImage partition() {
        return image.partition("orders", 0).orElseThrow();
    }

    private static PartitionImage state(
            int leader, int epoch, BrokerIds isr, BrokerIds elr, BrokerIds known, boolean recovering, int version) {
        return new PartitionImage(
                leader, epoch, REPLICAS, isr, version, new Eligibility(elr, known, recovering), Reassignment.NONE);
    }

    private static BrokerInfo broker(int id, long epoch) {
        return new BrokerInfo(id, epoch, List.of(), Optional.empty());
    }

    private static BrokerInfo proven(int id, long epoch, long provenEpoch) {
        return proven(id, epoch, EpochChain.of(provenEpoch));
    }

    private static BrokerInfo proven(int id, long epoch, EpochChain proven) {
        return new BrokerInfo(id, epoch, List.of(), Optional.empty(), proven);
    }
}
