package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What the controller of a node does about other brokers, which are but registrations here. */
class FailoverTest {
    private final ManualLoop loop = new ManualLoop();
    private final FakeCoordination server = new FakeCoordination();
    private final TestNode node = TestNode.joined(loop, server);
    private long second = register(2);

    @Test
    void r16DepartureAndElectionsArePublishedTogether() {
        TopicImage topic = create(List.of(List.of(2, 1), List.of(1, 2)));
        int seen = node.changes().size();

        server.endSession(second);
        loop.runAll();

        assertThat(node.changes().subList(seen, node.changes().size()))
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.events()).hasSize(2).startsWith(new ImageEvent.BrokerGone(2));
                    assertThat(change.after().topic(topic.id()).orElseThrow().partitions())
                            .containsExactly(
                                    new PartitionImage(1, 1, BrokerIds.of(2, 1), BrokerIds.of(1), 1),
                                    new PartitionImage(1, 0, BrokerIds.of(1, 2), BrokerIds.of(1), 1));
                });
    }

    @Test
    void r16FailoverThatAReplacedConnectionInterruptedIsMadeGood() {
        create(List.of(List.of(2, 1)));
        node.store().loseRequestOf(ops -> true);

        server.endSession(second);
        loop.runAll();
        assertThat(partition(0).leader()).isEqualTo(2);
        node.store().reconnect();
        loop.runAll();

        assertThat(partition(0).leader()).isEqualTo(1);
        assertThat(node.cluster().image().brokers()).containsOnlyKeys(1);
    }

    @Test
    void r3InSyncSetIsChangedByItsLeaderThroughTheCluster() {
        TopicImage topic = create(List.of(List.of(1, 2)));
        IsrChange.Member self = new IsrChange.Member(1, node.cluster().brokerEpoch());

        Outcome<PartitionImage> outcome =
                node.awaitOne(node.cluster().alterIsr(List.of(new IsrChange(topic.id(), 0, 0, 0, List.of(self)))));

        assertThat(outcome).isEqualTo(Outcome.done(new PartitionImage(1, 0, BrokerIds.of(1, 2), BrokerIds.of(1), 1)));
        assertThat(partition(0).isr()).isEqualTo(BrokerIds.of(1));
    }

    @Test
    void r20BrokerThatLeavesHandsOverAndTheNextControllerKnows() {
        create(List.of(List.of(1, 2)));

        CompletionStage<Outcome<Integer>> left = node.cluster().leaveLeadership();
        loop.advanceMs(SeenImages.WAIT_MS); // broker 2 never shows that it has the image

        assertThat(node.await(left)).isEqualTo(Outcome.done(0));

        assertThat(partition(0)).isEqualTo(new PartitionImage(2, 1, BrokerIds.of(1, 2), BrokerIds.of(2), 1));
        assertThat(server.dump().get("/brokers/epochs/1")).contains("\"shuttingDown\":1");
    }

    @Test
    void leadersGoBackByThemselvesAfterAWhile() {
        create(List.of(List.of(2, 1)));
        server.endSession(second);
        loop.runAll();
        second = register(2);
        IsrChange.Member self = new IsrChange.Member(1, node.cluster().brokerEpoch());
        IsrChange.Member other = new IsrChange.Member(
                2, node.cluster().image().broker(2).orElseThrow().epoch());
        PartitionImage now = partition(0);
        node.await(node.cluster()
                .alterIsr(List.of(new IsrChange(
                        node.cluster().image().topic("orders").orElseThrow().id(),
                        0,
                        now.leaderEpoch(),
                        now.partitionEpoch(),
                        List.of(self, other)))));
        assertThat(partition(0).leader()).isEqualTo(1);

        loop.advanceMs(300_000);

        assertThat(partition(0).leader()).isEqualTo(2);
    }

    @Test
    void brokerIsForgottenOnceItIsGoneAndHasNoReplicas() {
        create(List.of(List.of(1, 2)));
        refused(2, Refusal.POLICY_VIOLATION, "is running");
        server.endSession(second);
        loop.runAll();
        refused(2, Refusal.POLICY_VIOLATION, "orders-0");
        node.awaitOne(node.cluster()
                .reassign(List.of(
                        new PartitionMove(new PartitionRef("orders", 0), java.util.Optional.of(BrokerIds.of(1))))));

        assertThat(node.await(node.cluster().unregisterBroker(2))).isEqualTo(Outcome.done(2));

        assertThat(server.dump()).doesNotContainKey("/brokers/epochs/2");
        refused(2, Refusal.UNKNOWN_BROKER, "2");
    }

    @Test
    void cordonedBrokerGetsNoReplicasOfNewTopics() {
        node.await(node.cluster()
                .editConfigs(
                        Map.of(ConfigResource.broker(2), List.of(ConfigEdit.set("sluice.broker.cordoned", "true"))),
                        false));

        Outcome<TopicImage> two = node.awaitOne(node.cluster().createTopics(List.of(NewTopic.of("t", 1, 2)), false));

        assertThat(two).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(Refusal.INVALID_REPLICATION_FACTOR));
        assertThat(node.create("u", 4).partitions()).allMatch(partition -> partition.isLedBy(1));
    }

    @Test
    void newTopicsCountOnBrokersThatAreBeingRestarted() {
        server.endSession(second);
        loop.runAll();

        TopicImage topic = ok(NewTopic.of("orders", 2, 2));

        PartitionImage withoutSecond = new PartitionImage(1, 0, BrokerIds.of(1, 2), BrokerIds.of(1), 0);
        assertThat(topic.partitions()).containsExactly(withoutSecond, withoutSecond);
        node.awaitOne(node.cluster()
                .createPartitions(List.of(new MorePartitions("orders", 3, List.of(List.of(2, 1)))), false));
        assertThat(partition(2)).isEqualTo(new PartitionImage(1, 0, BrokerIds.of(2, 1), BrokerIds.of(1), 0));
        assertThat(refusal(NewTopic.of("three", 1, 3))).isEqualTo(Refusal.INVALID_REPLICATION_FACTOR);
        assertThat(refusal(new NewTopic("two", NewTopic.DEFAULT, NewTopic.DEFAULT, List.of(List.of(2)), Map.of())))
                .isEqualTo(Refusal.INVALID_REPLICA_ASSIGNMENT);
    }

    @Test
    void r20BrokerThatIsAboutToLeaveIsNotInSyncInNewTopics() {
        node.await(node.cluster().leaveLeadership());

        assertThat(ok(NewTopic.of("orders", 1, 2)).partitions())
                .containsExactly(new PartitionImage(2, 0, BrokerIds.of(2, 1), BrokerIds.of(2), 0));
    }

    @Test
    void topicsThatNobodyCouldLeadAreRefused() {
        node.await(node.cluster().leaveLeadership());
        server.endSession(second);
        loop.runAll();

        assertThat(refusal(NewTopic.of("orders", 1, 1))).isEqualTo(Refusal.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void r14MinimumOfOneBrokerAloneIsRefused() {
        ConfigResource one = ConfigResource.broker(1);

        Outcome<Map<String, String>> outcome = node.await(node.cluster()
                        .editConfigs(Map.of(one, List.of(ConfigEdit.set("min.insync.replicas", "2"))), false))
                .get(one);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(Refusal.INVALID_CONFIG));
    }

    private void refused(int broker, Refusal reason, String message) {
        assertThat(node.await(node.cluster().unregisterBroker(broker)))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(reason);
                    assertThat(refused.message()).contains(message);
                });
    }

    private TopicImage create(List<List<Integer>> assignment) {
        return ok(manual(assignment));
    }

    private static NewTopic manual(List<List<Integer>> assignment) {
        return new NewTopic("orders", NewTopic.DEFAULT, NewTopic.DEFAULT, assignment, Map.of());
    }

    private TopicImage ok(NewTopic topic) {
        return ((Outcome.Done<TopicImage>) create(topic)).value();
    }

    private Refusal refusal(NewTopic topic) {
        return ((Outcome.Refused<TopicImage>) create(topic)).reason();
    }

    private Outcome<TopicImage> create(NewTopic topic) {
        return node.awaitOne(node.cluster().createTopics(List.of(topic), false));
    }

    private PartitionImage partition(int index) {
        return node.cluster().image().partition("orders", index).orElseThrow();
    }

    /** Answers with the session that the registration lives in. */
    private long register(int broker) {
        long session = server.openSession();
        server.create(
                StorePaths.broker(broker),
                NodeCodec.plain("{\"v\":1,\"directory\":\"d" + broker + "\",\"endpoints\":[]}"),
                session);
        loop.runAll();
        return session;
    }
}
