package io.sluice.cluster;

import io.sluice.cluster.settings.SettingLayers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An image with brokers 1 to 4, registered with epochs 101 to 104, and a topic "orders"; planners change it. */
final class PlannerFixture {
    static final UUID TOPIC = new UUID(1, 1);
    static final SettingLayers SETTINGS = SettingLayers.ofStatic(Map.of());

    private ClusterImage image;

    PlannerFixture(int minIsr, PartitionImage... partitions) {
        ImageDraft draft = ClusterImage.empty("c").draft();
        for (int id = 1; id <= 4; id++) {
            draft.apply(new ImageEvent.BrokerRegistered(new BrokerInfo(id, 100 + id, List.of(), Optional.empty())));
        }
        draft.apply(new ImageEvent.TopicCreated(new TopicImage(
                TOPIC, "orders", Map.of("min.insync.replicas", "" + minIsr), Arrays.asList(partitions))));
        image = draft.seal(new ImageVersion(1, 0));
    }

    static BrokerIds ids(int... ids) {
        return BrokerIds.of(ids);
    }

    static DurabilityRules rules(TopicImage topic) {
        return DurabilityRules.of(SETTINGS, topic);
    }

    ImageDraft draft() {
        return image.draft();
    }

    ClusterImage image() {
        return image;
    }

    PartitionImage partition(int index) {
        return image.partition("orders", index).orElseThrow();
    }

    void apply(ImageEvent event) {
        image = image.draft().apply(event).seal(image.version().next());
    }

    <T> T carryOut(Plan<T> plan) {
        image = image.draft().applyAll(plan.events()).seal(image.version().next());
        return plan.result();
    }

    <T> T carryOut(Plans<T> plans) {
        plans.parts().forEach(this::carryOut);
        return plans.result();
    }

    void leaving(int broker) {
        apply(new ImageEvent.BrokerRegistered(image.broker(broker).orElseThrow().leaving()));
    }

    void gone(int broker) {
        apply(new ImageEvent.BrokerGone(broker));
    }

    LeadershipPlanner leadership() {
        return new LeadershipPlanner(draft(), SETTINGS);
    }

    /** Asked by the leader, with the state that holds. */
    Outcome<PartitionImage> alterIsr(int index, int... isr) {
        PartitionImage now = partition(index);
        return alterIsr(
                now.leader(), new IsrChange(TOPIC, index, now.leaderEpoch(), now.partitionEpoch(), members(isr)));
    }

    Outcome<PartitionImage> alterIsr(int asker, IsrChange change) {
        return carryOut(IsrPlanner.plan(
                        draft(),
                        PlannerFixture::rules,
                        new Asker(asker, 100 + asker),
                        change.topicId(),
                        List.of(change)))
                .get(0);
    }

    static List<IsrChange.Member> members(int... isr) {
        return Arrays.stream(isr)
                .mapToObj(id -> new IsrChange.Member(id, 100 + id))
                .toList();
    }

    Outcome<PartitionImage> reassign(int index, int... target) {
        return move(new PartitionMove(new PartitionRef("orders", index), Optional.of(ids(target))));
    }

    Outcome<PartitionImage> cancel(int index) {
        return move(new PartitionMove(new PartitionRef("orders", index), Optional.empty()));
    }

    private Outcome<PartitionImage> move(PartitionMove move) {
        return carryOut(ReassignmentPlanner.plan(draft(), PlannerFixture::rules, "orders", List.of(move)))
                .get(0);
    }

    Outcome<PartitionImage> elect(Election election, int index) {
        return carryOut(leadership().elect(election, "orders", List.of(index))).get(0);
    }
}
