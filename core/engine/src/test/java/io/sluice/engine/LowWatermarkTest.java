package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.PartitionQueries.Found;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deleting records is answered when no live replica has them any more. */
class LowWatermarkTest {
    private static final String TOPIC = "t";
    private static final long TIMEOUT_MS = 5_000;

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2, 3);

    @BeforeEach
    void fill() {
        cluster.controller.createTopic(TOPIC, 1, Map.of(), 1, 2, 3);
        cluster.advanceMs(100);
        for (String value : List.of("a", "b", "c")) {
            cluster.append(1, TOPIC, 0, true, value);
        }
        cluster.advanceMs(2_000);
    }

    private Partition at(int broker) {
        return cluster.partition(broker, TOPIC, 0);
    }

    private CompletableFuture<Found<Long>> delete(long before) {
        CompletableFuture<Found<Long>> answer = cluster.engine(1)
                .queries()
                .deleteRecordsBefore(at(1), before, TIMEOUT_MS)
                .toCompletableFuture();
        cluster.loop.runAll();
        return answer;
    }

    private static void assertFailed(CompletableFuture<Found<Long>> answer, ReadError error) {
        assertThat(answer.join()).isInstanceOfSatisfying(Found.Failed.class, failed -> assertThat(failed.error())
                .isEqualTo(error));
    }

    @Test
    void answerComesOnceAllReplicasHaveFollowed() {
        CompletableFuture<Found<Long>> answer = delete(2);
        assertThat(at(1).startOffset()).isEqualTo(2);
        assertThat(answer).isNotDone();
        cluster.advanceMs(1_500);
        assertThat(answer.join()).isEqualTo(new Found.Value<>(2L));
        assertThat(at(2).startOffset()).isEqualTo(2);
        assertThat(at(3).startOffset()).isEqualTo(2);
    }

    @Test
    void liveReplicaThatCannotFollowIsWaitedForUntilTheTimeIsUp() {
        cluster.links.cut(1, 3);
        CompletableFuture<Found<Long>> answer = delete(2);
        cluster.advanceMs(TIMEOUT_MS - 1);
        assertThat(answer).isNotDone();
        cluster.advanceMs(1);
        assertFailed(answer, ReadError.TIMED_OUT);
        assertThat(at(2).startOffset()).isEqualTo(2);
        cluster.links.heal();
        CompletableFuture<Found<Long>> again = delete(2);
        cluster.advanceMs(2_500);
        assertThat(again.join()).isEqualTo(new Found.Value<>(2L));
    }

    @Test
    void deadReplicaIsNotWaitedFor() {
        cluster.kill(3);
        cluster.controller.lose(3);
        CompletableFuture<Found<Long>> answer = delete(2);
        cluster.advanceMs(1_500);
        assertThat(answer.join()).isEqualTo(new Found.Value<>(2L));
    }

    @Test
    void replicaThatDiesMeanwhileIsWaitedForNoMore() {
        cluster.links.cut(1, 3);
        CompletableFuture<Found<Long>> answer = delete(2);
        cluster.advanceMs(1_500);
        assertThat(answer).isNotDone();
        cluster.kill(3);
        cluster.controller.lose(3);
        cluster.advanceMs(300);
        assertThat(answer.join()).isEqualTo(new Found.Value<>(2L));
    }

    @Test
    void answerToldThatTheLeadershipIsLostIsNotThatAllIsDeleted() {
        cluster.links.cut(1, 3);
        CompletableFuture<Found<Long>> answer = delete(2);
        cluster.controller.elect(TOPIC, 0, 2, 1, 2, 3);
        cluster.loop.runAll();
        assertFailed(answer, ReadError.NOT_LEADER);
    }

    @Test
    void followerThatHasDeletedMoreByItselfSaysSo() {
        at(2).log().deleteRecordsBefore(3);
        CompletableFuture<Found<Long>> answer = delete(2);
        cluster.advanceMs(1_500);
        assertThat(answer.join()).isEqualTo(new Found.Value<>(2L));
    }

    @Test
    void followerDeletesNothingThatItIsAskedToDelete() {
        CompletableFuture<Found<Long>> answer = cluster.engine(2)
                .queries()
                .deleteRecordsBefore(at(2), 2, TIMEOUT_MS) // it led when the request came in
                .toCompletableFuture();
        cluster.loop.runAll();
        assertFailed(answer, ReadError.NOT_LEADER);
        assertThat(at(2).startOffset()).isZero();
    }
}
