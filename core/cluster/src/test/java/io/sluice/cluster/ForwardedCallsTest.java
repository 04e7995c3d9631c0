package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a broker that is not controller is asked for is done by the controller. */
class ForwardedCallsTest {
    @Test
    void requestOfAFollowerIsCarriedOutByTheControllerAndVisibleWithTheAnswer() {
        TestCluster cluster = TestCluster.of(3);
        TestNode follower = cluster.node(2);
        List<Boolean> visible = new ArrayList<>();

        CompletionStage<List<Outcome<TopicImage>>> created =
                follower.cluster().createTopics(List.of(NewTopic.of("orders", 3, 1)), false);
        created.thenRun(
                () -> visible.add(follower.cluster().image().topic("orders").isPresent()));
        TopicImage topic = ((Outcome.Done<TopicImage>) cluster.await(created).get(0)).value();

        assertThat(visible).containsExactly(true);
        assertThat(topic.partitions()).hasSize(3);
        assertThat(cluster.node(1).cluster().image().topic("orders")).contains(topic);
    }

    @Test
    void everyRequestOfAFollowerIsAnsweredAsAtTheController() {
        TestCluster cluster = TestCluster.of(2);
        Cluster remote = cluster.node(2).cluster();
        cluster.node(2).create("orders", 1);

        List<Outcome<TopicImage>> twice = cluster.await(
                remote.createTopics(List.of(NewTopic.of("orders", 1, 1), NewTopic.of("more", 1, 1)), true));
        List<Outcome<TopicImage>> ensured = cluster.await(remote.ensureTopics(List.of(NewTopic.of("orders", 9, 1))));
        List<Outcome<TopicImage>> grown =
                cluster.await(remote.createPartitions(List.of(new MorePartitions("orders", 4, List.of())), false));
        Map<ConfigResource, Outcome<Map<String, String>>> edited = cluster.await(remote.editConfigs(
                Map.of(ConfigResource.topic("orders"), List.of(ConfigEdit.set("retention.ms", "5"))), false));
        Map<ConfigResource, Outcome<Map<String, String>>> replaced = cluster.await(
                remote.replaceConfigs(Map.of(ConfigResource.topic("orders"), Map.of("retention.ms", "x")), false));
        Outcome<ProducerIdBlock> here = cluster.await(remote.allocateProducerIds());
        Outcome<ProducerIdBlock> there = cluster.await(cluster.node(1).cluster().allocateProducerIds());
        List<Outcome<TopicImage>> deleted = cluster.await(remote.deleteTopics(List.of(TopicRef.name("orders"))));

        assertThat(twice.get(0)).asInstanceOf(type(Outcome.Refused.class)).satisfies(refused -> {
            assertThat(refused.reason()).isEqualTo(Refusal.TOPIC_ALREADY_EXISTS);
            assertThat(refused.message()).contains("orders");
        });
        assertThat(twice.get(1).isDone()).isTrue();
        assertThat(ensured.get(0).map(TopicImage::partitionCount)).isEqualTo(Outcome.done(1));
        assertThat(grown.get(0).map(TopicImage::partitionCount)).isEqualTo(Outcome.done(4));
        assertThat(edited)
                .containsOnly(Map.entry(ConfigResource.topic("orders"), Outcome.done(Map.of("retention.ms", "5"))));
        assertThat(replaced.get(ConfigResource.topic("orders")))
                .asInstanceOf(type(Outcome.Refused.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Refusal.INVALID_CONFIG));
        assertThat(here.map(ProducerIdBlock::first)).isEqualTo(Outcome.done(0L));
        assertThat(there.map(ProducerIdBlock::first)).as("t5").isEqualTo(Outcome.done(1_000L));
        assertThat(deleted.get(0).isDone()).isTrue();
        assertThat(remote.image().topicCount()).isZero();
        cluster.assertSameImages();
    }

    @Test
    void controllerThatDoesNotAnswerIsWaitedFor() {
        TestCluster cluster = TestCluster.of(1);
        cluster.peers().silence(1);
        TestNode second = cluster.add(2);
        second.node().open(Optional.empty());
        cluster.loop().runAll();
        CompletionStage<ClusterImage> joined = second.node().join(List.of(TestNode.ENDPOINT));
        cluster.loop().advanceMs(120_000);
        assertThat(joined.toCompletableFuture()).isNotDone();

        cluster.peers().heal();
        cluster.loop().advanceMs(5_000);

        assertThat(joined.toCompletableFuture()).isCompleted();
        assertThat(second.cluster().image().brokers()).containsOnlyKeys(1, 2);
    }

    @Test
    void callWhoseAnswerDoesNotComeIsAnsweredAsUnknownInTime() {
        TestCluster cluster = TestCluster.of(2);
        cluster.peers().block(1, 2);

        CompletionStage<List<Outcome<TopicImage>>> created =
                cluster.node(2).cluster().createTopics(List.of(NewTopic.of("orders", 1, 1)), false);
        cluster.loop().advanceMs(5_001);

        assertThat(cluster.await(created).get(0))
                .asInstanceOf(type(Outcome.Refused.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo(Refusal.OUTCOME_UNKNOWN));
    }

    @Test
    void r18CallForAnotherTermIsNotCarriedOut() {
        TestCluster cluster = TestCluster.of(2);
        ClusterImage image = cluster.node(1).cluster().image();
        PeerWriter body = new PeerWriter();
        ClusterCalls.CREATE_TOPICS
                .request()
                .write(body, new ClusterCalls.Trial<>(List.of(NewTopic.of("late", 1, 1)), false));
        for (int term : new int[] {image.controllerEpoch() - 1, image.controllerEpoch() + 1}) {
            byte[] call = PeerRequest.write(new PeerRequest.Call(
                    new PeerRequest.Sender(
                            image.clusterId(),
                            term,
                            new Asker(2, image.broker(2).orElseThrow().epoch())),
                    ClusterCalls.CREATE_TOPICS.number(),
                    body.toBytes()));

            byte[] answer = cluster.await(cluster.node(1).node().service().serve(new Object(), call));

            assertThat(PeerAnswer.read(answer)).isEqualTo(new PeerAnswer.NotController());
        }
        assertThat(cluster.node(1).cluster().image().topicCount()).isZero();
    }
}
