package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is asked for while nobody can decide it. */
class PatientClusterTest {
    private final ManualLoop loop = new ManualLoop();
    private final TestNode node = TestNode.joined(loop, new FakeCoordination());
    private final Cluster patient = new PatientCluster(loop, node.cluster());

    @Test
    void topicsThatCannotBeDecidedNowAreCreatedOnceTheyCan() {
        node.store().disconnect();
        loop.runAll();
        CompletableFuture<List<Outcome<TopicImage>>> answer = create("a", "no/name", "b");
        loop.advanceMs(300);
        assertThat(answer).isNotDone();

        node.store().reconnect();
        loop.advanceMs(300);

        List<Outcome<TopicImage>> outcomes = answer.getNow(List.of());
        assertThat(outcomes).hasSize(3);
        assertThat(((Outcome.Done<TopicImage>) outcomes.get(0)).value().name()).isEqualTo("a");
        assertThat(refusal(outcomes.get(1))).isEqualTo(Refusal.INVALID_TOPIC_NAME);
        assertThat(((Outcome.Done<TopicImage>) outcomes.get(2)).value().name()).isEqualTo("b");
    }

    @Test
    void settingsThatCannotBeDecidedNowAreChangedOnceTheyCan() {
        ConfigResource one = ConfigResource.broker(1);
        node.store().disconnect();
        loop.runAll();
        CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> answer =
                patient.editConfigs(Map.of(one, List.of(ConfigEdit.set("sluice.broker.cordoned", "true"))), false);

        node.store().reconnect();
        loop.advanceMs(300);

        assertThat(answer.toCompletableFuture().getNow(Map.of()))
                .containsEntry(one, Outcome.done(Map.of("sluice.broker.cordoned", "true")));
    }

    @Test
    void patienceEnds() {
        node.store().disconnect();
        loop.runAll();

        CompletableFuture<List<Outcome<TopicImage>>> answer = create("a");
        loop.advanceMs(PatientCluster.PATIENCE_MS + 200);

        assertThat(refusal(answer.getNow(List.of()).get(0))).isEqualTo(Refusal.COORDINATION_UNAVAILABLE);
    }

    @Test
    void r19WhatMayHaveBeenDoneIsNotAskedForAgain() {
        node.store().loseAnswerOf(ops -> true);

        CompletableFuture<List<Outcome<TopicImage>>> answer = create("a");
        loop.advanceMs(20_000);

        assertThat(refusal(answer.getNow(List.of()).get(0))).isEqualTo(Refusal.OUTCOME_UNKNOWN);
    }

    @Test
    void callThatDoesNotReachADeadControllerIsLeftToTheNext() {
        TestCluster cluster = TestCluster.of(3);
        Cluster third = cluster.node(3).cluster();
        cluster.kill(1);

        List<NewTopic> topics = List.of(NewTopic.of("orders", 1, 1));
        CompletionStage<List<Outcome<TopicImage>>> once = third.createTopics(topics, false);
        CompletionStage<List<Outcome<TopicImage>>> created =
                new PatientCluster(cluster.loop(), third).createTopics(topics, false);

        assertThat(refusal(cluster.await(once).get(0))).isEqualTo(Refusal.COORDINATION_UNAVAILABLE);
        cluster.server().endSession(cluster.node(1).store().session());
        cluster.loop().advanceMs(PatientCluster.PATIENCE_MS);
        assertThat(cluster.await(created).get(0)).isInstanceOf(Outcome.Done.class);
    }

    private CompletableFuture<List<Outcome<TopicImage>>> create(String... names) {
        List<NewTopic> topics =
                List.of(names).stream().map(name -> NewTopic.of(name, 1, 1)).toList();
        return patient.createTopics(topics, false).toCompletableFuture();
    }

    private static Refusal refusal(Outcome<?> outcome) {
        return ((Outcome.Refused<?>) outcome).reason();
    }
}
