package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.sluice.base.ManualLoop;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What the controller does when ZooKeeper, or its own past, gets in the way. */
class ControllerFaultsTest {
    private final ManualLoop loop = new ManualLoop();
    private final FakeCoordination server = new FakeCoordination();

    @Test
    void r17ReplacedControllerCanWriteNothing() {
        TestNode zombie = TestNode.joined(loop, server);
        zombie.create("before", 1);
        List<StoreOp> lastWrite =
                zombie.store().multis().get(zombie.store().multis().size() - 1);
        int fenceVersion = ((StoreOp.SetData) lastWrite.get(0)).version() + 1;
        List<StoreOp> lateWrite = new Term(1, fenceVersion)
                .fenced(List.of(new StoreOp.Create("/topics/late", NodeCodec.plain("late"), false)));
        TestNode successor = TestNode.joined(loop, server);
        Map<String, String> afterElection = server.dump();

        Outcome<TopicImage> outcome =
                zombie.awaitOne(zombie.cluster().createTopics(List.of(NewTopic.of("late", 1, 1)), false));
        CompletionStage<Void> replay = zombie.store().multi(lateWrite);
        loop.runAll();

        assertThat(outcome)
                .asInstanceOf(type(Outcome.Refused.class))
                .satisfies(refused -> assertThat(refused.reason().isRetriable()).isTrue());
        assertThat(replay.toCompletableFuture()).isCompletedExceptionally();
        assertThat(server.dump()).isEqualTo(afterElection);
        assertThat(successor.cluster().image().controllerEpoch()).isEqualTo(2);
    }

    @Test
    void r17EveryWriteOfTheControllerCarriesTheFence() {
        TestNode node = TestNode.joined(loop, server);
        int elections = node.store().multis().size();
        node.create("orders", 2);
        node.await(node.cluster().createPartitions(List.of(new MorePartitions("orders", 3, List.of())), false));
        node.await(node.cluster()
                .editConfigs(
                        Map.of(
                                ConfigResource.topic("orders"), List.of(ConfigEdit.set("retention.ms", "5")),
                                ConfigResource.broker(1), List.of(ConfigEdit.set("message.max.bytes", "5")),
                                ConfigResource.group("g"),
                                        List.of(ConfigEdit.set("consumer.session.timeout.ms", "46000"))),
                        false));
        node.await(node.cluster().allocateProducerIds());
        node.await(node.cluster().deleteTopics(List.of(TopicRef.name("orders"))));

        List<List<StoreOp>> writes =
                node.store().multis().subList(elections, node.store().multis().size());

        assertThat(writes).hasSizeGreaterThanOrEqualTo(5).allSatisfy(ops -> assertThat(ops.get(0))
                .isInstanceOfSatisfying(StoreOp.SetData.class, fence -> {
                    assertThat(fence.path()).isEqualTo("/controller_epoch");
                    assertThat(fence.version()).isNotEqualTo(StoreOp.ANY_VERSION);
                }));
    }

    @Test
    void r17CandidateThatLookedTooEarlyIsNotElectedIntoAnOldEpoch() {
        TestNode.joined(loop, server).node().close();
        ManualLoop slowLoop = new ManualLoop();
        TestNode slow = new TestNode(slowLoop, server, 2, Map.of());
        slow.node().open(java.util.Optional.empty());
        slowLoop.runAll();
        Membership candidate =
                new Membership(slow.store(), new NodeIdentity(2, new UUID(7, 2), java.util.Optional.empty()));
        CompletionStage<Membership.Standing> attempt =
                candidate.attempt(slow.store().session(), List.of(TestNode.ENDPOINT)); // looks now, acts later
        TestNode faster = TestNode.joined(loop, server);
        server.endSession(faster.store().session());

        slowLoop.runAll();

        assertThat(attempt.toCompletableFuture()).isCompletedExceptionally();
        assertThat(server.dump()).doesNotContainKey("/controller");
        assertThat(NodeCodec.plain(server.get("/controller_epoch").data())).isEqualTo("2");
    }

    @Test
    void r19WriteWhoseAnswerIsLostIsFoundDone() {
        TestNode node = TestNode.joined(loop, server);
        node.store().loseAnswerOf(ops -> true);

        CompletionStage<List<Outcome<TopicImage>>> created =
                node.cluster().createTopics(List.of(NewTopic.of("orders", 1, 1)), false);
        loop.runAll();
        assertThat(created.toCompletableFuture()).isNotDone();
        node.store().reconnect();

        assertThat(node.awaitOne(created).isDone()).isTrue();
        assertThat(node.cluster().image().topicCount()).isEqualTo(1);
        assertThat(node.store().multis().stream().filter(ControllerFaultsTest::createsTopic))
                .as("sent once")
                .hasSize(1);
    }

    @Test
    void r19WriteThatNeverArrivedIsSentAgain() {
        TestNode node = TestNode.joined(loop, server);
        node.store().loseRequestOf(ops -> true);

        CompletionStage<List<Outcome<TopicImage>>> created =
                node.cluster().createTopics(List.of(NewTopic.of("orders", 1, 1)), false);
        loop.runAll();
        node.store().reconnect();

        assertThat(node.awaitOne(created).isDone()).isTrue();
        assertThat(node.store().multis().stream().filter(ControllerFaultsTest::createsTopic))
                .hasSize(2);
        assertThat(server.children("/topics")).hasSize(1);
    }

    @Test
    void r19WriteThatCanNeverHoldIsNotSentForEver() {
        TestNode node = TestNode.joined(loop, server);
        node.store().loseRequestOf(ControllerFaultsTest::createsTopic);
        CompletionStage<List<Outcome<TopicImage>>> created =
                node.cluster().createTopics(List.of(NewTopic.of("orders", 1, 1)), false);
        loop.runAll();
        List<StoreOp> lost = node.store().multis().get(node.store().multis().size() - 1);
        StoreOp.Create topic = (StoreOp.Create) lost.get(1);
        server.create(topic.path(), NodeCodec.plain("in the way"), 0);

        node.store().reconnect();

        assertThat(node.awaitOne(created))
                .asInstanceOf(type(Outcome.Refused.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Refusal.NOT_CONTROLLER));
    }

    @Test
    void r19WriteUnderWayWhenTheSessionEndsIsAnsweredAsUnknownAndReadBack() {
        TestNode node = TestNode.joined(loop, server);
        node.store().loseAnswerOf(ops -> true);
        CompletionStage<List<Outcome<TopicImage>>> created =
                node.cluster().createTopics(List.of(NewTopic.of("orders", 1, 1)), false);
        loop.runAll();
        node.store().expire();
        node.store().reconnect();

        assertThat(node.awaitOne(created))
                .asInstanceOf(type(Outcome.Refused.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Refusal.OUTCOME_UNKNOWN));
        assertThat(node.cluster().image().topic("orders"))
                .as("the next term reads what is true")
                .isPresent();
        assertThat(node.cluster().image().controllerEpoch()).isEqualTo(2);
    }

    @Test
    void r19ElectionWhoseAnswerIsLostIsTakenUpAgain() {
        TestNode node = new TestNode(loop, server, 1, Map.of());
        node.node().open(java.util.Optional.empty());
        loop.runAll();
        node.store().loseAnswerOf(ops -> ops.get(0).path().equals("/controller_epoch"));
        CompletionStage<ClusterImage> joined = node.node().join(List.of(TestNode.ENDPOINT));
        loop.runAll();
        assertThat(joined.toCompletableFuture()).isNotDone();

        node.store().reconnect();

        assertThat(node.await(joined).controllerId()).isEqualTo(1);
        assertThat(node.create("orders", 1).name()).isEqualTo("orders");
    }

    @Test
    void r19RegistrationOfAnotherBrokerWithOurIdIsLeftAlone() {
        TestNode first = TestNode.joined(loop, server);
        long epoch = first.node().brokerEpoch();
        TestNode second = new TestNode(loop, server, 1, new UUID(99, 99), Map.of());
        second.node().open(java.util.Optional.empty());
        loop.runAll();
        CompletionStage<ClusterImage> joined = second.node().join(List.of(TestNode.ENDPOINT));
        loop.advanceMs(11_000);

        assertThat(joined.toCompletableFuture())
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(ClusterStartException.class)
                .withMessageContaining("give this one another node.id");
        assertThat(first.cluster().image().broker(1).orElseThrow().epoch()).isEqualTo(epoch);
    }

    @Test
    void nodeRegistersAndLeadsAgainAfterItsSessionEnded() {
        TestNode node = TestNode.joined(loop, server);
        TopicImage topic = node.create("orders", 1);
        long epoch = node.node().brokerEpoch();

        node.store().expire();
        loop.runAll();

        ClusterImage image = node.cluster().image();
        assertThat(image.controllerEpoch()).isEqualTo(2);
        assertThat(image.topic(topic.id()).orElseThrow().partitions().get(0).leader())
                .isEqualTo(1);
        assertThat(node.node().brokerEpoch())
                .as("r12: a new registration is a new epoch")
                .isGreaterThan(epoch);
        assertThat(image.broker(1).orElseThrow().epoch()).isEqualTo(node.node().brokerEpoch());
        assertThat(node.create("more", 1).name()).isEqualTo("more");
    }

    @Test
    void imageHoldsAndChangesAreRefusedWhileTheStoreIsAway() {
        TestNode node = TestNode.joined(loop, server);
        TopicImage topic = node.create("orders", 1);
        node.store().disconnect();
        loop.runAll();

        Outcome<TopicImage> outcome =
                node.awaitOne(node.cluster().createTopics(List.of(NewTopic.of("more", 1, 1)), false));

        assertThat(outcome).asInstanceOf(type(Outcome.Refused.class)).satisfies(refused -> {
            assertThat(refused.reason()).isEqualTo(Refusal.COORDINATION_UNAVAILABLE);
            assertThat(refused.message()).contains("ZooKeeper can't be reached");
        });
        assertThat(node.cluster().image().topic("orders")).contains(topic);
        node.store().reconnect();
        loop.runAll();
        assertThat(node.cluster().image().controllerEpoch()).as("the same term").isEqualTo(1);
        assertThat(node.create("more", 1).name()).isEqualTo("more");
    }

    @Test
    void writeThatHangsIsAnsweredInTimeAndStillTakesEffect() {
        TestNode node = TestNode.joined(loop, server);
        node.store().loseAnswerOf(ops -> true);
        CompletionStage<List<Outcome<TopicImage>>> created =
                node.cluster().createTopics(List.of(NewTopic.of("orders", 1, 1)), false);
        loop.advanceMs(5_001);

        assertThat(node.awaitOne(created))
                .asInstanceOf(type(Outcome.Refused.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Refusal.OUTCOME_UNKNOWN));
        node.store().reconnect();
        loop.runAll();
        assertThat(node.cluster().image().topic("orders")).isPresent();
    }

    @Test
    void t5ProducerIdsAreNeverGivenTwice() {
        TestNode node = TestNode.joined(loop, server);
        ProducerIdBlock first = take(node);
        node.store().loseAnswerOf(ops -> true);
        CompletionStage<Outcome<ProducerIdBlock>> lost = node.cluster().allocateProducerIds();
        loop.runAll();
        node.store().expire(); // the write took effect, and nobody was told
        node.store().reconnect();
        assertThat(node.await(lost).isDone()).isFalse();

        ProducerIdBlock afterwards = take(node);
        node.node().close();
        ProducerIdBlock nextProcess = take(TestNode.joined(loop, server));

        assertThat(first.first()).isZero();
        assertThat(afterwards.first())
                .as("the block of the lost answer is skipped")
                .isEqualTo(2_000);
        assertThat(nextProcess.first()).isEqualTo(afterwards.end());
    }

    @Test
    void r22TopicThatIsCreatedAnewIsAnotherTopic() {
        TestNode node = TestNode.joined(loop, server);
        TopicImage old = node.create("orders", 1);
        node.await(node.cluster().deleteTopics(List.of(TopicRef.name("orders"))));
        TopicImage fresh = node.create("orders", 1);

        Outcome<TopicImage> byOldId = node.awaitOne(node.cluster().deleteTopics(List.of(TopicRef.id(old.id()))));

        assertThat(fresh.id()).isNotEqualTo(old.id());
        assertThat(byOldId).asInstanceOf(type(Outcome.Refused.class)).satisfies(refused -> assertThat(refused.reason())
                .isEqualTo(Refusal.UNKNOWN_TOPIC_ID));
        assertThat(node.cluster().image().topic("orders")).contains(fresh);
    }

    @Test
    void r12RestartOfABrokerIsSeenAsFailureAndStart() {
        TestNode controller = TestNode.joined(loop, server);
        TestNode other = new TestNode(loop, server, 2, Map.of());
        other.join();
        long epoch = controller.cluster().image().broker(2).orElseThrow().epoch();
        int seen = controller.changes().size();

        controller.store().disconnect(); // so that going and coming back lie between two looks
        server.endSession(other.store().session());
        other.store().reconnect();
        loop.runAll();
        controller.store().reconnect();
        loop.runAll();

        List<ImageEvent> events = controller.changes().stream()
                .skip(seen)
                .flatMap(change -> change.events().stream())
                .toList();
        assertThat(events).contains(new ImageEvent.BrokerGone(2));
        assertThat(controller.cluster().image().broker(2).orElseThrow().epoch()).isGreaterThan(epoch);
    }

    @Test
    void s15DataFolderOfAnotherClusterIsRefused() {
        TestNode.joined(loop, server);
        TestNode stranger = new TestNode(loop, server, 2, Map.of());

        CompletionStage<String> opened = stranger.node().open(java.util.Optional.of("some-other-cluster-id"));
        loop.runAll();

        assertThat(opened.toCompletableFuture())
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(ClusterStartException.class)
                .withMessageContaining("some-other-cluster-id");
    }

    @Test
    void zooKeeperOfAKafkaClusterIsLeftAlone() {
        server.create("/cluster", new byte[0], 0);
        server.create("/cluster/id", NodeCodec.plain("{\"version\":\"1\",\"id\":\"x\"}"), 0);
        Map<String, String> before = server.dump();
        TestNode node = new TestNode(loop, server, 1, Map.of());

        CompletionStage<String> opened = node.node().open(java.util.Optional.empty());
        loop.runAll();

        assertThat(opened.toCompletableFuture())
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withMessageContaining("not a Sluice cluster");
        assertThat(server.dump()).isEqualTo(before);
    }

    @Test
    void storeThatDoesNotAnswerIsSaidSo() {
        TestNode node = new TestNode(loop, server, 1, Map.of());
        node.store().disconnect();

        CompletionStage<String> opened = node.node().open(java.util.Optional.empty());
        loop.advanceMs(10_001);

        assertThat(opened.toCompletableFuture())
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withMessageContaining("ZooKeeper did not answer");
    }

    @Test
    void stateThatCannotBeReadIsSaidSoAndLeftAsItIs() {
        TestNode first = TestNode.joined(loop, server);
        TopicImage topic = first.create("orders", 1);
        first.node().close();
        loop.runAll();
        server.set("/topics/" + topic.id(), NodeCodec.plain("{\"v\":7}"), StoreOp.ANY_VERSION);
        TestNode node = new TestNode(loop, server, 1, Map.of());
        node.node().open(java.util.Optional.empty());
        loop.runAll();

        CompletionStage<ClusterImage> joined = node.node().join(List.of(TestNode.ENDPOINT));
        loop.runAll();

        assertThat(joined.toCompletableFuture())
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withMessageContaining("written in format 7 by a newer Sluice");
        assertThat(server.dump()).containsEntry("/topics/" + topic.id(), "{\"v\":7} v1");
    }

    @Test
    void listenerThatFailsDoesNotKeepOthersFromTheImage() {
        TestNode node = new TestNode(loop, server, 1, Map.of());
        node.cluster().addListener(change -> {
            throw new IllegalStateException("planned");
        });
        node.join();

        node.create("orders", 1);

        assertThat(node.changes().get(node.changes().size() - 1).after().topic("orders"))
                .isPresent();
    }

    @Test
    void secondBrokerTakesOverWhenTheControllerGoes() {
        TestNode first = TestNode.joined(loop, server);
        first.create("orders", 1);
        TestNode second = new TestNode(loop, server, 2, Map.of());
        second.join();
        assertThat(second.cluster().image().controllerId()).isEqualTo(ClusterImage.NO_CONTROLLER);

        first.node().close();
        loop.runAll();

        assertThat(second.cluster().image().controllerId()).isEqualTo(2);
        assertThat(second.cluster().image().partition("orders", 0))
                .as("r16: the only replica is gone, so nobody leads; r14: it may lead again when it comes back whole")
                .contains(new PartitionImage(
                        PartitionImage.NO_LEADER,
                        1,
                        BrokerIds.of(1),
                        BrokerIds.of(),
                        1,
                        new Eligibility(BrokerIds.of(1), BrokerIds.of(), false),
                        Reassignment.NONE));
        assertThat(second.cluster().image().brokers()).containsOnlyKeys(2);
    }

    private ProducerIdBlock take(TestNode node) {
        Outcome<ProducerIdBlock> outcome = node.await(node.cluster().allocateProducerIds());
        return ((Outcome.Done<ProducerIdBlock>) outcome).value();
    }

    private static boolean createsTopic(List<StoreOp> ops) {
        return ops.stream()
                .anyMatch(op ->
                        op instanceof StoreOp.Create create && create.path().startsWith("/topics/"));
    }
}
