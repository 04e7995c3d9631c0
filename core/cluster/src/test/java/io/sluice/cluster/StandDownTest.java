package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A controller that is about to stop gives its place up while it can still answer. */
class StandDownTest {
    private static final long WITHIN_MS = 2_000;

    @Test
    void controllerThatStandsDownAnswersWhatItWasAskedAndIsSucceeded() {
        TestCluster cluster = TestCluster.of(3);

        CompletableFuture<Void> succeeded =
                cluster.node(1).node().standDown(WITHIN_MS).toCompletableFuture();
        cluster.loop().advanceMs(500);

        assertThat(succeeded).isDone();
        assertThat(cluster.nodes()).allSatisfy(node -> {
            assertThat(node.cluster().image().controllerId()).isIn(2, 3);
            assertThat(node.cluster().image().controllerEpoch()).isEqualTo(2);
            assertThat(node.cluster().image().brokers()).containsOnlyKeys(1, 2, 3);
        });
        assertThat(cluster.node(1).cluster().brokerEpoch())
                .as("it stays registered until it closes")
                .isEqualTo(cluster.node(3)
                        .cluster()
                        .image()
                        .broker(1)
                        .orElseThrow()
                        .epoch());
    }

    /** Whatever the moment, each is created or refused for sure, and what was refused can be asked for again. */
    @Test
    void r19NothingThatIsAskedForMeanwhileIsOfUnknownOutcome() {
        for (int early = 0; early < 40; early++) {
            TestCluster cluster = TestCluster.of(3);
            Map<Integer, Cluster> patient = Map.of(
                    1, new PatientCluster(cluster.loop(), cluster.node(1).cluster()),
                    2, new PatientCluster(cluster.loop(), cluster.node(2).cluster()),
                    3, new PatientCluster(cluster.loop(), cluster.node(3).cluster()));
            List<CompletableFuture<List<Outcome<TopicImage>>>> answers = new ArrayList<>();
            int count = 40;
            for (int i = 0; i < count; i++) {
                if (i == early) {
                    cluster.node(1).node().standDown(WITHIN_MS);
                }
                answers.add(patient.get(1 + i % 3)
                        .createTopics(List.of(NewTopic.of("t" + i, 1, 1)), false)
                        .toCompletableFuture());
                cluster.loop().advanceMs(1);
            }
            cluster.loop().advanceMs(WITHIN_MS);

            assertThat(answers)
                    .allSatisfy(answer ->
                            assertThat(answer.getNow(List.of())).singleElement().matches(Outcome::isDone));
            assertThat(cluster.node(1).cluster().image().topicCount()).isEqualTo(count);
        }
    }

    /** The store tells of the place that was given up before it answers the write which did that. */
    @Test
    void r19WhatIsWrittenTogetherWithTheEndOfTheTermIsAnswered() {
        TestCluster cluster = TestCluster.of(3);
        CompletableFuture<List<Outcome<TopicImage>>> answer = cluster.node(1)
                .cluster()
                .createTopics(List.of(NewTopic.of("orders", 1, 1)), false)
                .toCompletableFuture();

        cluster.node(1).node().standDown(WITHIN_MS);
        cluster.loop().advanceMs(WITHIN_MS);

        assertThat(answer.getNow(List.of())).singleElement().matches(Outcome::isDone);
        assertThat(cluster.node(1).cluster().image().controllerId()).isNotEqualTo(1);
    }

    @Test
    void brokerThatStandsDownIsNotElectedAgain() {
        TestCluster cluster = TestCluster.of(2);
        cluster.node(1).node().standDown(WITHIN_MS);
        cluster.loop().advanceMs(500);
        assertThat(cluster.node(2).cluster().image().controllerId()).isEqualTo(2);

        cluster.kill(2);
        cluster.server().endSession(cluster.node(2).store().session());
        cluster.loop().advanceMs(5_000);

        assertThat(cluster.server().dump()).doesNotContainKey(StorePaths.CONTROLLER);
        assertThat(cluster.node(1).cluster().brokerEpoch()).isPositive();
    }

    @Test
    void brokerWhoseOnlyCompanionStopsTooKeepsItsPlace() {
        TestCluster cluster = TestCluster.of(2);
        cluster.await(cluster.node(2).cluster().leaveLeadership());
        cluster.loop().advanceMs(SeenImages.WAIT_MS);

        CompletableFuture<Void> succeeded =
                cluster.node(1).node().standDown(WITHIN_MS).toCompletableFuture();

        assertThat(succeeded).isDone();
        assertThat(cluster.node(1).create("orders", 1).name()).isEqualTo("orders");
    }

    @Test
    void nobodyIsWaitedForWithoutTheStore() {
        TestCluster cluster = TestCluster.of(3);
        cluster.nodes().forEach(node -> node.store().disconnect());
        cluster.loop().runAll();

        assertThat(cluster.node(1).node().standDown(WITHIN_MS).toCompletableFuture())
                .isDone();
    }

    @Test
    void successorThatDoesNotComeIsWaitedForNoLongerThanAsked() {
        TestCluster cluster = TestCluster.of(2);
        cluster.node(2).store().disconnect();
        cluster.loop().runAll();

        CompletableFuture<Void> succeeded =
                cluster.node(1).node().standDown(WITHIN_MS).toCompletableFuture();
        cluster.loop().advanceMs(WITHIN_MS - 100);
        assertThat(succeeded).isNotDone();
        cluster.loop().advanceMs(200);

        assertThat(succeeded).isDone();
    }

    @Test
    void callThatWasAnsweredIsNotGivenUpWhenTheControllerChanges() {
        TestCluster cluster = TestCluster.of(3);
        List<CompletableFuture<List<Outcome<TopicImage>>>> answers = IntStream.range(0, 20)
                .mapToObj(i -> cluster.node(2)
                        .cluster()
                        .createTopics(List.of(NewTopic.of("t" + i, 1, 1)), false)
                        .toCompletableFuture())
                .toList();
        cluster.node(1).node().standDown(WITHIN_MS);
        cluster.loop().advanceMs(WITHIN_MS);

        assertThat(answers).allSatisfy(answer -> assertThat(answer.getNow(List.of()))
                .singleElement()
                .satisfies(outcome ->
                        assertThat(outcome.isDone() || isDefinite(outcome)).isTrue()));
    }

    private static boolean isDefinite(Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?> refused && refused.reason() != Refusal.OUTCOME_UNKNOWN;
    }
}
