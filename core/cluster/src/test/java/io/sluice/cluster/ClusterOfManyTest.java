package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Three brokers: one is controller, the others follow it, and one of them takes over when it goes. */
class ClusterOfManyTest {
    @Test
    void nodesThatJoinOneAfterTheOtherShareOneImage() {
        TestCluster cluster = TestCluster.of(3);

        ClusterImage first = cluster.node(1).cluster().image();
        assertThat(first.controllerId()).isEqualTo(1);
        assertThat(first.brokers()).containsOnlyKeys(1, 2, 3);
        cluster.assertSameImages();
        assertThat(cluster.node(3).cluster().brokerEpoch())
                .isEqualTo(first.broker(3).orElseThrow().epoch());
    }

    @Test
    void nodesThatStartAtOnceFindOneController() {
        TestCluster cluster = new TestCluster();
        List<CompletionStage<ClusterImage>> joined = new ArrayList<>();
        for (int id = 3; id >= 1; id--) {
            cluster.add(id).node().open(Optional.empty());
        }
        cluster.loop().runAll();
        cluster.nodes().forEach(node -> joined.add(node.node().join(List.of(TestNode.ENDPOINT))));
        cluster.loop().advanceMs(1_000);

        assertThat(joined)
                .allSatisfy(each -> assertThat(each.toCompletableFuture()).isCompleted());
        assertThat(cluster.node(1).cluster().image().brokers()).containsOnlyKeys(1, 2, 3);
        assertThat(cluster.node(1).cluster().image().controllerEpoch())
                .as("one election")
                .isEqualTo(1);
        cluster.assertSameImages();
    }

    @Test
    void brokerThatComesWhileTheControllerIsReadingTheStateIsNotMissed() {
        for (int later = 0; later < 40; later++) {
            TestCluster cluster = new TestCluster();
            TestNode first = cluster.add(1);
            TestNode second = cluster.add(2);
            first.node().open(Optional.empty());
            second.node().open(Optional.empty());
            cluster.loop().runAll();

            first.node().join(List.of(TestNode.ENDPOINT));
            afterRounds(cluster, later, () -> second.node().join(List.of(TestNode.ENDPOINT)));
            cluster.loop().advanceMs(1_000);

            assertThat(first.cluster().image().brokers())
                    .as("after %d rounds", later)
                    .containsOnlyKeys(1, 2);
            cluster.assertSameImages();
        }
    }

    @Test
    void brokerThatComesWhileTheControllerIsCutFromTheStoreIsNotMissed() {
        for (int later = 0; later < 10; later++) {
            TestCluster cluster = TestCluster.of(1);
            TestNode controller = cluster.node(1);
            TestNode second = cluster.add(2);
            second.node().open(Optional.empty());
            cluster.loop().runAll();

            second.node().join(List.of(TestNode.ENDPOINT));
            afterRounds(cluster, later, () -> controller.store().disconnect());
            cluster.loop().runAll();
            controller.store().reconnect();
            cluster.loop().advanceMs(1_000);

            assertThat(controller.cluster().image().brokers())
                    .as("after %d rounds", later)
                    .containsOnlyKeys(1, 2);
        }
    }

    /** Runs {@code task} when all that waits now, and what that brings, has run so many times over. */
    private static void afterRounds(TestCluster cluster, int rounds, Runnable task) {
        cluster.loop().execute(rounds == 0 ? task : () -> afterRounds(cluster, rounds - 1, task));
    }

    @Test
    void r12ImageOfBeforeThisRegistrationIsNotTakenOn() {
        TestCluster cluster = TestCluster.of(3);
        cluster.node(1).store().disconnect();
        cluster.kill(2);
        cluster.server().endSession(cluster.node(2).store().session());
        TestNode restarted = cluster.add(2).join();
        cluster.loop().advanceMs(2_000);
        assertThat(restarted.changes())
                .as("the controller knows the process before only")
                .isEmpty();

        cluster.node(1).store().reconnect();
        cluster.loop().advanceMs(2_000);

        ClusterImage first = restarted.changes().get(0).after();
        assertThat(first.broker(2).orElseThrow().epoch())
                .isEqualTo(restarted.cluster().brokerEpoch());
    }

    @Test
    void r19BrokerThatComesWhileItsReadingIsCutOffIsFoundOnceTheStoreIsBack() {
        TestCluster cluster = TestCluster.of(2);
        TestNode controller = cluster.node(1);
        TestNode late = cluster.add(3);
        late.node().open(Optional.empty());
        cluster.loop().runAll();
        late.node().join(List.of(TestNode.ENDPOINT));
        // The watch has its turn before the connection goes, the answer to what it asks after.
        cluster.server().watch(StorePaths.BROKER_IDS, true, fired -> cluster.loop()
                .execute(() -> cluster.loop().execute(controller.store()::disconnect)));
        cluster.loop().runAll();
        assertThat(controller.cluster().image().brokers()).containsOnlyKeys(1, 2);

        controller.store().reconnect();
        cluster.loop().advanceMs(2_000);

        assertThat(controller.cluster().image().brokers()).containsOnlyKeys(1, 2, 3);
        assertThat(controller.cluster().image().controllerEpoch()).isEqualTo(1);
        cluster.assertSameImages();
    }

    @Test
    void changesReachFollowersOneByOneAndInOrder() {
        TestCluster cluster = TestCluster.of(3);
        TestNode follower = cluster.node(3);
        int seen = follower.changes().size();

        for (int i = 0; i < 5; i++) {
            cluster.node(1).create("topic-" + i, 2);
        }

        List<ImageChange> changes =
                follower.changes().subList(seen, follower.changes().size());
        assertThat(changes).hasSize(5);
        for (int i = 0; i < 5; i++) {
            ImageChange change = changes.get(i);
            assertThat(change.after().version())
                    .isEqualTo(change.before().version().next());
            assertThat(change.events()).singleElement().isInstanceOf(ImageEvent.TopicCreated.class);
            assertThat(change.after().topic("topic-" + i)).isPresent();
        }
        cluster.assertSameImages();
    }

    @Test
    void followersGoOnWithTheControllerWhileTheStoreIsAway() {
        TestCluster cluster = TestCluster.of(3);
        cluster.node(1).create("orders", 1);
        cluster.nodes().forEach(node -> node.store().disconnect());
        cluster.loop().advanceMs(60_000);

        Outcome<TopicImage> refused = cluster.await(
                        cluster.node(3).cluster().createTopics(List.of(NewTopic.of("late", 1, 1)), false))
                .get(0);

        assertThat(refused).asInstanceOf(type(Outcome.Refused.class)).satisfies(why -> assertThat(why.reason())
                .isEqualTo(Refusal.COORDINATION_UNAVAILABLE));
        assertThat(cluster.node(3).cluster().image().topic("orders")).isPresent();
        cluster.nodes().forEach(node -> node.store().reconnect());
        cluster.loop().advanceMs(2_000);
        assertThat(cluster.node(3).create("more", 1).name()).isEqualTo("more");
        assertThat(cluster.node(2).cluster().image().controllerEpoch())
                .as("the same term")
                .isEqualTo(1);
        cluster.assertSameImages();
    }

    @Test
    void followerThatMissedDeltasGetsTheWholeImage() {
        TestCluster cluster = TestCluster.of(3);
        TestNode follower = cluster.node(3);
        cluster.peers().block(1, 3);
        cluster.node(1).create("orders", 100);
        for (int i = 0; i < 5_000; i++) {
            cluster.await(cluster.node(1)
                    .cluster()
                    .editConfigs(
                            Map.of(
                                    ConfigResource.CLUSTER_DEFAULT,
                                    List.of(ConfigEdit.set("num.partitions", "" + (i + 1)))),
                            false));
        }
        int seen = follower.changes().size();
        cluster.peers().heal();
        cluster.loop().advanceMs(5_000);

        assertThat(follower.changes().size() - seen)
                .as("one step, not thousands")
                .isLessThan(3);
        assertThat(follower.cluster().image().partitionCount()).isEqualTo(100);
        cluster.assertSameImages();
        assertThat(replayed(follower).topics())
                .containsExactlyInAnyOrderElementsOf(follower.cluster().image().topics());
    }

    @Test
    void controllerThatClosesIsSucceededByOneFollowerAndFollowedByTheOther() {
        TestCluster cluster = TestCluster.of(3);
        TopicImage topic = cluster.node(1).create("orders", 1);

        cluster.node(1).node().close();
        cluster.peers().kill(1);
        cluster.loop().advanceMs(2_000);

        ClusterImage image = cluster.node(2).cluster().image();
        assertThat(image.controllerId()).isIn(2, 3);
        assertThat(image.controllerEpoch()).isEqualTo(2);
        assertThat(image.brokers()).containsOnlyKeys(2, 3);
        assertThat(cluster.node(3).cluster().image().topic("orders")).isPresent();
        assertThat(cluster.node(3).cluster().image().version()).isEqualTo(image.version());
        assertThat(cluster.node(3).create("more", 1).name()).isEqualTo("more");
        assertThat(cluster.node(2).create("most", 1).name()).isEqualTo("most");
        assertThat(image.topic(topic.id())).isPresent();
    }

    @Test
    void r19ControllerWhoseNodeIsTakenAwayFindsOutByItself() {
        TestCluster cluster = TestCluster.of(3);

        for (int i = 0; i < 5; i++) {
            cluster.server().delete(StorePaths.CONTROLLER, StoreOp.ANY_VERSION);
            cluster.loop().advanceMs(3_000);
        }

        ClusterImage image = cluster.node(1).cluster().image();
        assertThat(image.controllerEpoch()).as("one election each").isEqualTo(6);
        assertThat(image.controllerId())
                .isEqualTo(NodeCodec.controller(
                                cluster.server().get(StorePaths.CONTROLLER).data())
                        .broker());
        cluster.assertSameImages();
    }

    @Test
    void r12FollowerWhoseSessionEndedKeepsItsImageAndRegistersUnderANewEpoch() {
        TestCluster cluster = TestCluster.of(3);
        cluster.node(1).create("orders", 1);
        TestNode follower = cluster.node(3);
        long epoch = follower.cluster().brokerEpoch();
        follower.store().disconnect();
        cluster.server().endSession(follower.store().session());
        cluster.loop().advanceMs(2_000);
        assertThat(follower.cluster().image().topic("orders")).isPresent();
        assertThat(follower.cluster().image().brokers())
                .as("it goes on following")
                .containsOnlyKeys(1, 2);

        follower.store().reconnect();
        cluster.loop().advanceMs(2_000);

        assertThat(follower.cluster().brokerEpoch()).isGreaterThan(epoch);
        assertThat(cluster.node(2).cluster().image().broker(3).orElseThrow().epoch())
                .isEqualTo(follower.cluster().brokerEpoch());
        assertThat(cluster.node(2).cluster().image().controllerEpoch()).isEqualTo(1);
        cluster.assertSameImages();
    }

    @Test
    void r20BrokerMayGoOnceTheOthersKnowWhoLeadsInsteadOfIt() {
        TestCluster cluster = TestCluster.of(3);
        cluster.node(1)
                .awaitOne(cluster.node(1)
                        .cluster()
                        .createTopics(
                                List.of(new NewTopic(
                                        "orders",
                                        NewTopic.DEFAULT,
                                        NewTopic.DEFAULT,
                                        List.of(List.of(2, 3)),
                                        Map.of())),
                                false));
        cluster.loop().advanceMs(500);
        cluster.peers().block(1, 3);

        CompletableFuture<Outcome<Integer>> left =
                cluster.node(2).cluster().leaveLeadership().toCompletableFuture();
        cluster.loop().advanceMs(500);
        assertThat(leaderSeenBy(cluster, 1)).isEqualTo(3);
        assertThat(leaderSeenBy(cluster, 3)).isEqualTo(2);
        assertThat(left).as("broker 3 may yet hear of it").isNotDone();
        cluster.loop().advanceMs(SeenImages.WAIT_MS);
        assertThat(left).as("but is not waited for without end").isCompletedWithValue(Outcome.done(0));

        cluster.peers().heal();
        cluster.loop().advanceMs(5_000);
        CompletableFuture<Outcome<Integer>> next =
                cluster.node(3).cluster().leaveLeadership().toCompletableFuture();
        cluster.loop().advanceMs(100);
        assertThat(next).as("all are there, and say at once what they have").isDone();
    }

    private static int leaderSeenBy(TestCluster cluster, int node) {
        return cluster.node(node)
                .cluster()
                .image()
                .partition("orders", 0)
                .orElseThrow()
                .leader();
    }

    @Test
    void r13BrokersThatGaveTheirSessionsUpWithoutZooKeeperStayWhoTheyWere() {
        TestCluster cluster = TestCluster.of(3);
        List<Long> epochs = epochs(cluster);

        cluster.nodes().forEach(node -> node.store().giveUp());
        cluster.loop().advanceMs(60_000);

        // Or what followers have would not count, and nothing could be acknowledged until ZooKeeper is back.
        assertThat(epochs(cluster)).isEqualTo(epochs);
        cluster.nodes().forEach(node -> node.store().reconnect());
        cluster.loop().advanceMs(10_000);
        assertThat(epochs(cluster)).doesNotContainAnyElementsOf(epochs);
        assertThat(cluster.node(1).cluster().image().brokers().values())
                .extracting(BrokerInfo::epoch)
                .isEqualTo(epochs(cluster));
    }

    private static List<Long> epochs(TestCluster cluster) {
        return cluster.nodes().stream()
                .map(node -> node.cluster().brokerEpoch())
                .toList();
    }

    @Test
    void followerWhoseRegistrationVanishedRegistersAnew() {
        TestCluster cluster = TestCluster.of(2);
        long epoch = cluster.node(2).cluster().brokerEpoch();

        cluster.server().delete("/brokers/ids/2", StoreOp.ANY_VERSION);
        cluster.loop().advanceMs(1_000);

        BrokerInfo registered = cluster.node(1).cluster().image().broker(2).orElseThrow();
        assertThat(registered.epoch()).isGreaterThan(epoch);
        assertThat(cluster.node(2).cluster().brokerEpoch()).isEqualTo(registered.epoch());
        assertThat(registered.proven().latest())
                .as("r14: the process lived all along")
                .hasValue(epoch);
    }

    @Test
    void r23ImageOfAnOlderControllerIsRefused() {
        TestCluster cluster = TestCluster.of(3);
        TestNode zombie = cluster.node(1);
        zombie.store().disconnect(); // and does not know that its session is over
        cluster.server().endSession(zombie.store().session());
        cluster.loop().advanceMs(2_000);
        ClusterImage image = cluster.node(2).cluster().image();
        assertThat(image.controllerEpoch()).isEqualTo(2);
        byte[] poll = PeerRequest.write(new PeerRequest.Poll(
                new PeerRequest.Sender(image.clusterId(), 2, new Asker(2, 1)), image.version(), 100));

        byte[] answer = cluster.await(zombie.node().service().serve(new Object(), poll));

        assertThat(PeerAnswer.read(answer)).isEqualTo(new PeerAnswer.NotController());
        assertThat(cluster.node(3).cluster().image().controllerEpoch()).isEqualTo(2);
        zombie.store().reconnect();
        cluster.loop().advanceMs(2_000);
        assertThat(zombie.cluster().image().controllerEpoch()).isEqualTo(2);
        cluster.assertSameImages();
    }

    private static ClusterImage replayed(TestNode node) {
        ClusterImage replica = ClusterImage.empty("");
        for (ImageChange change : node.changes()) {
            replica = replica.draft()
                    .applyAll(change.events())
                    .seal(change.after().version());
        }
        return replica;
    }
}
