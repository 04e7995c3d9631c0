package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.CommittedOffset;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.MemberRef;
import io.sluice.engine.group.OffsetCommit;
import io.sluice.engine.group.OffsetFetch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Groups move to whoever leads their partition of the offsets topic. */
class GroupFailoverTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2, 3);

    GroupFailoverTest() {
        cluster.controller.createTopic("t", 1, Map.of(), 1);
        cluster.controller.createTopic(InternalTopics.OFFSETS, 1, Map.of("min.insync.replicas", "2"), 1, 2, 3);
        cluster.advanceMs(1_000);
    }

    private CompletableFuture<OffsetCommit.Response> commit(int broker, long offset) {
        return cluster.engine(broker)
                .groups()
                .commitOffsets(new OffsetCommit.Request(
                        new MemberRef("group", "", Optional.empty()),
                        -1,
                        true,
                        OptionalLong.empty(),
                        List.of(new OffsetCommit.Offset(PARTITION, CommittedOffset.NO_TOPIC_ID, offset, -1, ""))))
                .toCompletableFuture();
    }

    private CompletableFuture<OffsetFetch.Response> fetch(int broker) {
        return cluster.engine(broker)
                .groups()
                .fetchOffsets(new OffsetFetch.Request("group", Optional.empty(), -1, Optional.of(List.of(PARTITION))))
                .toCompletableFuture();
    }

    private void elect(int leader, int... isr) {
        cluster.controller.elect(InternalTopics.OFFSETS, 0, leader, isr);
    }

    @Test
    void g5CommitIsAnsweredOnceAllInSyncReplicasHaveIt() {
        cluster.links.cut(1, 3);
        CompletableFuture<OffsetCommit.Response> answer = commit(1, 5);
        cluster.advanceMs(2_000);
        assertThat(answer).isNotDone();
        cluster.links.heal();
        cluster.advanceMs(2_000);
        assertThat(answer.join().of(PARTITION)).isEqualTo(GroupError.NONE);
    }

    @Test
    void g5CommitThatReplicasDoNotHaveInTimeIsRefusedAndMayStillCount() {
        cluster.links.cut(1, 3);
        CompletableFuture<OffsetCommit.Response> answer = commit(1, 5);
        cluster.advanceMs(4_999);
        assertThat(answer).isNotDone();
        cluster.advanceMs(1); // offsets.commit.timeout.ms
        assertThat(answer.join().error()).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        cluster.links.heal();
        cluster.advanceMs(3_000);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(1);
        cluster.advanceMs(1_000);
        assertThat(fetched.join().offsets().get(PARTITION).offset()).isEqualTo(5);
    }

    @Test
    void commitThatTooFewReplicasCouldTakeIsRefusedAndTheGroupsStay() {
        CompletableFuture<OffsetCommit.Response> taken = commit(1, 5);
        cluster.advanceMs(1_000);
        assertThat(taken.join().error()).isEqualTo(GroupError.NONE);
        elect(1, 1);
        cluster.advanceMs(1);
        CompletableFuture<OffsetCommit.Response> refused = commit(1, 6);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(1);
        cluster.advanceMs(1);
        assertThat(refused.join().error()).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        assertThat(fetched.join().offsets().get(PARTITION).offset()).isEqualTo(5);
    }

    @Test
    void g4NewLeaderHasEveryAnsweredCommit() {
        CompletableFuture<OffsetCommit.Response> answer = commit(1, 5);
        cluster.advanceMs(1_000);
        assertThat(answer.join().of(PARTITION)).isEqualTo(GroupError.NONE);
        cluster.kill(1);
        elect(2, 2, 3);
        cluster.advanceMs(2_000);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(2);
        cluster.advanceMs(1);
        assertThat(fetched.join().offsets().get(PARTITION).offset()).isEqualTo(5);
    }

    @Test
    void g4RequestsAreRefusedWhileTheNewLeaderDoesNotKnowWhatIsCommitted() {
        commit(1, 5);
        cluster.advanceMs(1_000);
        commit(1, 6);
        cluster.loop.runAll();
        cluster.links.cut(2, 3);
        cluster.kill(1);
        elect(2, 2, 3);
        cluster.advanceMs(1_000);
        CompletableFuture<OffsetFetch.Response> early = fetch(2);
        cluster.advanceMs(1);
        assertThat(early.join().error()).isEqualTo(GroupError.COORDINATOR_LOAD_IN_PROGRESS);
        cluster.links.heal();
        cluster.advanceMs(2_000);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(2);
        cluster.advanceMs(1);
        assertThat(fetched.join().offsets().get(PARTITION).offset()).isEqualTo(6);
    }

    @Test
    void brokerThatLeadsNoMoreIsNotTheCoordinator() {
        commit(1, 5);
        cluster.advanceMs(1_000);
        elect(2, 1, 2, 3);
        cluster.advanceMs(1_000);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(1);
        cluster.advanceMs(1);
        assertThat(fetched.join().error()).isEqualTo(GroupError.NOT_COORDINATOR);
    }

    @Test
    void g5CommitThatWaitsWhenTheLeadershipIsLostIsNotAnsweredAsDone() {
        cluster.links.cut(1, 2);
        cluster.links.cut(1, 3);
        CompletableFuture<OffsetCommit.Response> answer = commit(1, 5);
        cluster.advanceMs(1_000);
        elect(2, 2, 3);
        cluster.loop.runAll();
        assertThat(answer.join().error()).isEqualTo(GroupError.NOT_COORDINATOR);
        cluster.links.heal();
        cluster.advanceMs(2_000);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(2);
        cluster.advanceMs(1);
        assertThat(fetched.join().offsets()).isEmpty();
    }

    @Test
    void g5CommitOfATermThatIsOverIsNotWrittenInTheNextOne() {
        CompletableFuture<OffsetCommit.Response> answer = commit(1, 5); // written by a task behind what waits already
        elect(1, 1, 2, 3);
        cluster.advanceMs(1_000);
        assertThat(answer.join().error()).isEqualTo(GroupError.NOT_COORDINATOR);
        assertThat(cluster.partition(1, InternalTopics.OFFSETS, 0).endOffset()).isZero();
    }

    @Test
    void leadershipThatIsLostWhileLoadingAndWonAgainLoadsAnew() {
        commit(1, 5);
        cluster.advanceMs(1_000);
        cluster.links.cut(2, 3);
        cluster.links.cut(2, 1);
        elect(2, 1, 2, 3);
        cluster.loop.runAll();
        elect(3, 1, 2, 3);
        cluster.loop.runAll();
        cluster.links.heal();
        elect(2, 1, 2, 3);
        cluster.advanceMs(3_000);
        CompletableFuture<OffsetFetch.Response> fetched = fetch(2);
        cluster.advanceMs(1);
        assertThat(fetched.join().offsets().get(PARTITION).offset()).isEqualTo(5);
    }
}
