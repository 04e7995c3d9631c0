package io.sluice.cluster;

import static io.sluice.cluster.TopicOperationsTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigOperationsTest {
    private static final ConfigResource ORDERS = ConfigResource.topic("orders");

    private final ManualLoop loop = new ManualLoop();
    private final FakeCoordination server = new FakeCoordination();
    private final TestNode node = TestNode.joined(loop, server);

    @Test
    void editsOfATopicAreInTheImage() {
        node.create("orders", 1);

        edit(ORDERS, ConfigEdit.set("retention.ms", "1000"), ConfigEdit.set("cleanup.policy", "compact"));
        edit(ORDERS, ConfigEdit.delete("retention.ms"));

        assertThat(node.cluster().image().configs(ORDERS)).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void oneBadEditSpoilsAllOfItsResourceAndNoOther() {
        node.create("orders", 1);
        node.create("bills", 1);
        Map<ConfigResource, List<ConfigEdit>> edits = new LinkedHashMap<>();
        edits.put(ORDERS, List.of(ConfigEdit.set("retention.ms", "1"), ConfigEdit.set("segment.bytes", "no")));
        edits.put(ConfigResource.topic("bills"), List.of(ConfigEdit.set("retention.ms", "2")));

        Map<ConfigResource, Outcome<Map<String, String>>> outcomes =
                node.await(node.cluster().editConfigs(edits, false));

        assertRefused(outcomes.get(ORDERS), Refusal.INVALID_CONFIG, "topic orders");
        assertThat(node.cluster().image().configs(ORDERS)).isEmpty();
        assertThat(node.cluster().image().configs(ConfigResource.topic("bills")))
                .containsEntry("retention.ms", "2");
    }

    @Test
    void itemsAreAppendedToAndSubtractedFromWhatHolds() {
        node.create("orders", 1);

        edit(ORDERS, new ConfigEdit(ConfigEdit.Kind.APPEND, "cleanup.policy", "compact"));
        assertThat(node.cluster().image().configs(ORDERS)).containsEntry("cleanup.policy", "delete,compact");

        edit(ORDERS, new ConfigEdit(ConfigEdit.Kind.SUBTRACT, "cleanup.policy", "delete"));
        assertThat(node.cluster().image().configs(ORDERS)).containsEntry("cleanup.policy", "compact");

        assertRefused(
                edit(ORDERS, new ConfigEdit(ConfigEdit.Kind.APPEND, "retention.ms", "1")),
                Refusal.INVALID_CONFIG,
                "is not a list");
    }

    @Test
    void replacingSetsBackWhatIsNotNamed() {
        node.create("orders", 1);
        edit(ORDERS, ConfigEdit.set("retention.ms", "1000"));

        node.await(node.cluster().replaceConfigs(Map.of(ORDERS, Map.of("segment.bytes", "2048")), false));

        assertThat(node.cluster().image().configs(ORDERS)).isEqualTo(Map.of("segment.bytes", "2048"));
    }

    @Test
    void settingsOfBrokersAndGroupsComeAndGoWithTheirNodes() {
        ConfigResource broker = ConfigResource.broker(1);
        ConfigResource group = ConfigResource.group("a/b .. ü");
        edit(broker, ConfigEdit.set("log.retention.ms", "5"));
        edit(group, ConfigEdit.set("consumer.session.timeout.ms", "46000"));
        node.node().close();
        TestNode again = TestNode.joined(loop, server);

        assertThat(again.cluster().image().configs(broker)).containsEntry("log.retention.ms", "5");
        assertThat(again.cluster().image().configs(group)).containsEntry("consumer.session.timeout.ms", "46000");

        again.await(again.cluster()
                .editConfigs(
                        Map.of(
                                broker, List.of(ConfigEdit.delete("log.retention.ms")),
                                group, List.of(ConfigEdit.delete("consumer.session.timeout.ms"))),
                        false));
        assertThat(again.cluster().image().configs()).isEmpty();
        assertThat(server.children("/config/brokers")).isEmpty();
        assertThat(server.children("/config/groups")).isEmpty();
    }

    @Test
    void whatCannotBeAlteredWhileRunningIsRefused() {
        assertRefused(
                edit(ConfigResource.broker(1), ConfigEdit.set("log.dirs", "/etc")),
                Refusal.INVALID_CONFIG,
                "restart it");
        assertRefused(
                edit(ConfigResource.CLUSTER_DEFAULT, ConfigEdit.set("listeners", "x")),
                Refusal.INVALID_CONFIG,
                "can't be altered while the broker runs");
    }

    @Test
    void unknownResourceIsRefused() {
        assertRefused(edit(ORDERS, ConfigEdit.set("retention.ms", "1")), Refusal.UNKNOWN_TOPIC, "'orders'");
        assertRefused(
                edit(new ConfigResource(ConfigResource.Type.BROKER, "../x"), ConfigEdit.set("num.partitions", "1")),
                Refusal.INVALID_REQUEST,
                "not the id of a broker");
        assertRefused(edit(ConfigResource.group(""), ConfigEdit.delete("x")), Refusal.INVALID_REQUEST, "empty");
    }

    @Test
    void settingEditedTwiceAndUnknownSettingAreRefused() {
        node.create("orders", 1);

        assertRefused(
                edit(ORDERS, ConfigEdit.set("retention.ms", "1"), ConfigEdit.delete("retention.ms")),
                Refusal.INVALID_REQUEST,
                "edited twice");
        assertThat(edit(ConfigResource.broker(1), ConfigEdit.delete("replica.alter.log.dirs.io.max.bytes.per.second"))
                        .isDone())
                .as("Kafka's reassignment tool takes away what nobody can set")
                .isTrue();
        assertRefused(edit(ORDERS, ConfigEdit.delete("nonsense.x")), Refusal.INVALID_CONFIG, "Unknown topic setting");
        assertThat(edit(ORDERS, ConfigEdit.delete("retention.ms")).isDone())
                .as("not set, but known")
                .isTrue();
    }

    @Test
    void throttlesAreSetAndTakenAwayAndBadOnesRefusedWithTheFormat() {
        node.create("orders", 2);
        String rate = "leader.replication.throttled.rate";
        String replicas = "leader.replication.throttled.replicas";

        assertThat(edit(ConfigResource.broker(1), ConfigEdit.set(rate, "2000000"))
                        .isDone())
                .isTrue();
        assertThat(edit(ORDERS, ConfigEdit.set(replicas, "0:1,1:1")).isDone()).isTrue();
        assertRefused(
                edit(ORDERS, ConfigEdit.set(replicas, "0-1")), Refusal.INVALID_CONFIG, "pairs with commas between");
        assertRefused(
                edit(ConfigResource.broker(1), ConfigEdit.set(rate, "-1")), Refusal.INVALID_CONFIG, "is less than 0");
        assertThat(edit(ConfigResource.broker(1), ConfigEdit.delete(rate)).isDone())
                .isTrue();
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() {
        node.create("orders", 1);

        assertRefused(
                edit(
                        ORDERS,
                        ConfigEdit.set("min.compaction.lag.ms", "10"),
                        ConfigEdit.set("max.compaction.lag.ms", "5")),
                Refusal.INVALID_CONFIG,
                "is more than max.compaction.lag.ms");
    }

    @Test
    void groupsStayWithinTheBrokersBounds() {
        ConfigResource group = ConfigResource.group("g");

        assertRefused(
                edit(group, ConfigEdit.set("consumer.session.timeout.ms", "44999")),
                Refusal.INVALID_CONFIG,
                "must lie between group.consumer.min.session.timeout.ms (45000)");
        assertRefused(
                node.await(node.cluster()
                                .replaceConfigs(
                                        Map.of(group, Map.of("consumer.heartbeat.interval.ms", "15001")), false))
                        .get(group),
                Refusal.INVALID_CONFIG,
                "group.consumer.max.heartbeat.interval.ms (15000)");
        assertThat(edit(group, ConfigEdit.set("consumer.session.timeout.ms", "45000"))
                        .isDone())
                .isTrue();
    }

    @Test
    void validatingChangesNothing() {
        node.create("orders", 1);
        Map<String, String> before = server.dump();

        Map<ConfigResource, Outcome<Map<String, String>>> outcomes = node.await(
                node.cluster().editConfigs(Map.of(ORDERS, List.of(ConfigEdit.set("retention.ms", "1"))), true));

        assertThat(outcomes.get(ORDERS)).isEqualTo(Outcome.done(Map.of("retention.ms", "1")));
        assertThat(server.dump()).isEqualTo(before);
    }

    private Outcome<Map<String, String>> edit(ConfigResource resource, ConfigEdit... edits) {
        return node.await(node.cluster().editConfigs(Map.of(resource, List.of(edits)), false))
                .get(resource);
    }
}
