package io.sluice.cluster;

import static io.sluice.cluster.PlannerFixture.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.settings.SettingLayers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EligibilityPlannerTest {
    private static final BrokerIds REPLICAS = ids(1, 2, 3);

    private final PlannerFixture cluster = new PlannerFixture(2, new PartitionImage(1, 0, REPLICAS, ids(1, 2), 0));

    @Test
    void r14LowerMinimumEndsEligibility() {
        cluster.alterIsr(0, 1);
        assertThat(cluster.partition(0).eligibility().elr()).isEqualTo(ids(2));

        Plans<Boolean> plans = minIsr("1");

        assertThat(plans.parts()).as("both in one write").hasSize(1);
        assertThat(plans.parts().get(0).ops())
                .extracting(StoreOp::path)
                .contains("/partitions/" + PlannerFixture.TOPIC);
        cluster.carryOut(plans);
        assertThat(cluster.partition(0)).isEqualTo(new PartitionImage(1, 0, REPLICAS, ids(1), 2));
        assertThat(cluster.image().topic("orders").orElseThrow().configs()).containsEntry("min.insync.replicas", "1");
    }

    @Test
    void r14RaisedMinimumRefusesLeadersThatDoNotKnowIt() {
        IsrChange ofAStaleLeader = new IsrChange(PlannerFixture.TOPIC, 0, 0, 0, PlannerFixture.members(1));

        cluster.carryOut(minIsr("3"));

        assertThat(cluster.alterIsr(1, ofAStaleLeader).isDone()).isFalse();
        assertThat(cluster.alterIsr(0, 1).isDone()).isTrue();
    }

    @Test
    void otherSettingsLeavePartitionsAsTheyAre() {
        assertThat(follow(Map.of("min.insync.replicas", "2", "retention.ms", "1"))
                        .parts())
                .hasSize(1);
    }

    @Test
    void r14DefaultOfTheClusterReachesTopicsThatSetNothing() {
        PlannerFixture defaults = new PlannerFixture(1, new PartitionImage(1, 0, REPLICAS, REPLICAS, 0));
        TopicImage topic = defaults.image().topic("orders").orElseThrow();
        defaults.apply(
                new ImageEvent.TopicChanged(new TopicImage(topic.id(), topic.name(), Map.of(), topic.partitions())));
        Map<String, String> raised = Map.of("min.insync.replicas", "2");

        defaults.carryOut(
                new EligibilityPlanner(defaults.draft(), PlannerFixture.SETTINGS, SettingLayers.ofStatic(raised))
                        .follow(new Plan<>(
                                List.of(),
                                List.of(new ImageEvent.ConfigsChanged(ConfigResource.CLUSTER_DEFAULT, raised)),
                                true)));

        assertThat(defaults.partition(0).partitionEpoch()).isEqualTo(1);
    }

    private Plans<Boolean> minIsr(String value) {
        return follow(Map.of("min.insync.replicas", value));
    }

    private Plans<Boolean> follow(Map<String, String> configs) {
        TopicImage now = cluster.image().topic("orders").orElseThrow();
        TopicImage changed = new TopicImage(now.id(), now.name(), configs, now.partitions());
        return new EligibilityPlanner(cluster.draft(), PlannerFixture.SETTINGS, PlannerFixture.SETTINGS)
                .follow(new Plan<>(List.of(), List.of(new ImageEvent.TopicChanged(changed)), true));
    }
}
