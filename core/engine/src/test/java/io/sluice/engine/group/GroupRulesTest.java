package io.sluice.engine.group;

import static io.sluice.engine.group.Coordinator.GROUP;
import static io.sluice.engine.group.Coordinator.SESSION_MS;
import static io.sluice.engine.group.Coordinator.bytes;
import static io.sluice.engine.group.Coordinator.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** G1 to G7 of the correctness rules, one by one. */
class GroupRulesTest {
    private static final long DAY_MS = 24 * 3_600_000L;

    private final Coordinator broker = new Coordinator();

    @Test
    void g1CommitOfExpelledMemberIsRefused() {
        JoinGroup.Response paused = broker.soleMember();
        MemberRef zombie = MemberRef.dynamic(GROUP, paused.memberId());
        assertThat(broker.commitNow(zombie, 1, 0, 10)).isEqualTo(GroupError.NONE);
        broker.loop.advanceMs(SESSION_MS);
        JoinGroup.Response successor = broker.soleMember();
        broker.commitNow(MemberRef.dynamic(GROUP, successor.memberId()), successor.generation(), 0, 20);

        assertThat(broker.commitNow(zombie, 1, 0, 11)).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(broker.committed(0)).isEqualTo(20);
    }

    @Test
    void g1CommitOfOldGenerationIsRefused() {
        JoinGroup.Response member = broker.soleMember();
        MemberRef ref = MemberRef.dynamic(GROUP, member.memberId());
        JoinGroup.Response again = broker.now(broker.join(member.memberId()));
        assertThat(again.generation()).isEqualTo(2);
        broker.now(broker.sync(again, Map.of()));

        assertThat(broker.commitNow(ref, 1, 0, 10)).isEqualTo(GroupError.ILLEGAL_GENERATION);
        assertThat(broker.commitNow(ref, 2, 0, 10)).isEqualTo(GroupError.NONE);
    }

    @Test
    void g1CommitBetweenJoinAndSyncIsRefused() {
        JoinGroup.Response joined = broker.now(broker.join(""));

        assertThat(broker.commitNow(MemberRef.dynamic(GROUP, joined.memberId()), 1, 0, 10))
                .isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
    }

    @Test
    void g1CommitFromOutsideNeedsAnEmptyGroup() {
        assertThat(broker.commitOutside(0, 5)).isEqualTo(GroupError.NONE);
        broker.soleMember();

        assertThat(broker.commitOutside(0, 6)).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(broker.committed(0)).isEqualTo(5);
    }

    @Test
    void g1CommitWithGenerationIntoUnknownGroupIsRefused() {
        assertThat(broker.commitNow(MemberRef.dynamic(GROUP, "m"), 3, 0, 5)).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
        assertThat(broker.committed(0)).isEqualTo(-1);
    }

    @Test
    void g2SyncIsAnsweredOnlyWhenTheAssignmentIsDurable() {
        JoinGroup.Response joined = broker.now(broker.join(""));
        broker.log.hold();
        CompletionStage<SyncGroup.Response> sync = broker.sync(joined, Map.of(joined.memberId(), "all"));
        broker.expectOpen(sync);

        broker.log.release();

        assertThat(broker.now(sync).assignment()).isEqualTo(bytes("all"));
    }

    @Test
    void g2AssignmentOutlivesTheCoordinator() {
        JoinGroup.Response joined = broker.soleMember();

        broker.restart();

        assertThat(broker.now(broker.heartbeat(joined))).isEqualTo(GroupError.NONE);
        assertThat(broker.now(broker.sync(joined, Map.of())).assignment()).isEqualTo(bytes("all"));
    }

    @Test
    void g2AnswersOfALostTermAreRefusedNotGiven() {
        JoinGroup.Response joined = broker.now(broker.join(""));
        broker.log.hold();
        CompletionStage<SyncGroup.Response> sync = broker.sync(joined, Map.of(joined.memberId(), "all"));
        broker.loop.runAll();
        broker.log.loseUndurable();

        broker.groups.resign(0, broker.home);

        assertThat(broker.now(sync).error()).isEqualTo(GroupError.NOT_COORDINATOR);
        assertThat(broker.now(broker.heartbeat(joined))).isEqualTo(GroupError.NOT_COORDINATOR);
    }

    @Test
    void g2JoinOfAnOlderGenerationCannotSync() {
        JoinGroup.Response first = broker.soleMember();
        JoinGroup.Response second = broker.now(broker.join(first.memberId()));

        assertThat(broker.now(broker.sync(first, Map.of())).error()).isEqualTo(GroupError.ILLEGAL_GENERATION);
        assertThat(broker.now(broker.sync(second, Map.of())).error()).isEqualTo(GroupError.NONE);
    }

    @Test
    void g3SameInstanceTakesThePlaceWithoutRebalance() {
        JoinGroup.Response first = broker.now(broker.joinAs("i1", "", "t"));
        MemberRef old = MemberRef.fixed(GROUP, first.memberId(), "i1");
        broker.now(broker.sync(old, 1, Map.of(first.memberId(), "all")));

        JoinGroup.Response second = broker.now(broker.joinAs("i1", "", "t"));

        assertThat(second.generation()).isEqualTo(1);
        assertThat(second.skipAssignment()).isTrue();
        assertThat(second.memberId()).isNotEqualTo(first.memberId());
        assertThat(broker.now(broker.heartbeat(old, 1))).isEqualTo(GroupError.FENCED_INSTANCE_ID);
        assertThat(broker.commitNow(old, 1, 0, 7)).isEqualTo(GroupError.FENCED_INSTANCE_ID);
        MemberRef current = MemberRef.fixed(GROUP, second.memberId(), "i1");
        assertThat(broker.now(broker.sync(current, 1, Map.of())).assignment()).isEqualTo(bytes("all"));
    }

    @Test
    void g3FenceOutlivesTheCoordinator() {
        JoinGroup.Response first = broker.now(broker.joinAs("i1", "", "t"));
        MemberRef old = MemberRef.fixed(GROUP, first.memberId(), "i1");
        broker.now(broker.sync(old, 1, Map.of(first.memberId(), "all")));
        JoinGroup.Response second = broker.now(broker.joinAs("i1", "", "t"));

        broker.restart();

        assertThat(broker.now(broker.heartbeat(old, 1))).isEqualTo(GroupError.FENCED_INSTANCE_ID);
        assertThat(broker.now(broker.heartbeat(MemberRef.fixed(GROUP, second.memberId(), "i1"), 1)))
                .isEqualTo(GroupError.NONE);
    }

    @Test
    void g3ChangedSubscriptionOfAnInstanceRebalances() {
        JoinGroup.Response first = broker.now(broker.joinAs("i1", "", "t"));
        broker.now(broker.sync(MemberRef.fixed(GROUP, first.memberId(), "i1"), 1, Map.of()));

        JoinGroup.Response second = broker.now(broker.joinAs("i1", "", "t", "u"));

        assertThat(second.generation()).isEqualTo(2);
    }

    @Test
    void g3InstanceIsRemovedByItsNameAlone() {
        JoinGroup.Response first = broker.now(broker.joinAs("i1", "", "t"));

        assertThat(broker.leave("someone-else", Optional.of("i1"))).isEqualTo(GroupError.FENCED_INSTANCE_ID);
        assertThat(broker.leave("", Optional.of("i1"))).isEqualTo(GroupError.NONE);
        assertThat(broker.now(broker.heartbeat(MemberRef.fixed(GROUP, first.memberId(), "i1"), 1)))
                .isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void g4RequestsBeforeTheLoadHasEndedAreToldSo() {
        broker.commitOutside(0, 42);
        broker.log.holdLoads();
        broker.restart();

        assertThat(broker.now(broker.fetch()).error()).isEqualTo(GroupError.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(broker.now(broker.join("")).error()).isEqualTo(GroupError.COORDINATOR_LOAD_IN_PROGRESS);
        broker.log.releaseLoad();
        broker.loop.runAll();

        assertThat(broker.committed(0)).isEqualTo(42);
    }

    /** Clients know COORDINATOR_LOAD_IN_PROGRESS as an answer to most requests, but not to these two. */
    @Test
    void g4MembersAreNotFrightenedWhileTheLoadGoesOn() {
        JoinGroup.Response member = broker.soleMember();
        broker.log.holdLoads();
        broker.restart();

        assertThat(broker.now(broker.heartbeat(member))).isEqualTo(GroupError.NONE);
        assertThat(broker.now(broker.sync(member, Map.of())).error()).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        broker.log.releaseLoad();
        broker.loop.runAll();

        assertThat(broker.now(broker.join(member.memberId())).generation()).isEqualTo(member.generation() + 1);
    }

    @Test
    void g4SessionsStartAnewAtLoad() {
        JoinGroup.Response member = broker.soleMember();
        broker.loop.advanceMs(SESSION_MS - 1);

        broker.restart();
        broker.loop.advanceMs(SESSION_MS - 1);
        assertThat(broker.now(broker.heartbeat(member))).isEqualTo(GroupError.NONE);
        broker.loop.advanceMs(SESSION_MS);

        assertThat(broker.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void g4TombstonesAreHonouredAtLoad() {
        broker.commitOutside(0, 1);
        broker.commitOutside(1, 2);
        broker.now(broker.groups.deleteOffsets(new OffsetDelete.Request(GROUP, List.of(partition(0)))));

        broker.restart();

        assertThat(broker.committed(0)).isEqualTo(-1);
        assertThat(broker.committed(1)).isEqualTo(2);
    }

    @Test
    void g5CommitIsAnsweredOnlyWhenDurable() {
        broker.log.hold();
        CompletionStage<OffsetCommit.Response> commit = broker.commit(MemberRef.dynamic(GROUP, ""), -1, 0, 9);
        broker.expectOpen(commit);

        broker.log.release();

        assertThat(broker.now(commit).of(partition(0))).isEqualTo(GroupError.NONE);
    }

    @Test
    void g5FetchDoesNotShowWhatACrashCouldTakeBack() {
        broker.commitOutside(0, 5);
        broker.log.hold();
        broker.commit(MemberRef.dynamic(GROUP, ""), -1, 0, 9);
        CompletionStage<OffsetFetch.Response> fetch = broker.fetch();
        broker.expectOpen(fetch);
        broker.log.loseUndurable();
        broker.log.release();

        broker.restart();

        assertThat(broker.now(fetch).error()).isEqualTo(GroupError.NOT_COORDINATOR);
        assertThat(broker.committed(0)).isEqualTo(5);
    }

    @Test
    void g5FailedAppendTakesTheStateBackToTheLog() {
        broker.commitOutside(0, 5);
        broker.log.failAppends(true);

        GroupError failed = broker.commitOutside(0, 9);

        assertThat(failed).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        broker.log.failAppends(false);
        broker.loop.advanceMs(1_000);
        assertThat(broker.committed(0)).isEqualTo(5);
        assertThat(broker.log.loads()).isEqualTo(2);
        assertThat(broker.commitOutside(0, 10)).isEqualTo(GroupError.NONE);
    }

    @Test
    void g6OffsetsOfALiveSubscribedGroupStay() {
        JoinGroup.Response member = broker.soleMember();
        MemberRef ref = MemberRef.dynamic(GROUP, member.memberId());
        broker.commitNow(ref, 1, 0, 5);
        TopicPartition other = new TopicPartition("u", 0);
        commit(ref, 1, other, OptionalLong.empty());

        broker.restart();
        liveOn(member, 8 * DAY_MS);

        assertThat(broker.committed(0)).isEqualTo(5);
        assertThat(broker.now(broker.fetch()).offsets()).doesNotContainKey(other);
    }

    @Test
    void g6OffsetsOfAnEmptyGroupGoAfterTheirRetention() {
        JoinGroup.Response member = broker.soleMember();
        broker.commitNow(MemberRef.dynamic(GROUP, member.memberId()), 1, 0, 5);
        liveOn(member, 8 * DAY_MS);
        broker.leave(member.memberId(), Optional.empty());

        broker.loop.advanceMs(7 * DAY_MS - 600_000);
        assertThat(broker.committed(0)).isEqualTo(5);
        broker.loop.advanceMs(1_200_000);

        assertThat(broker.committed(0)).isEqualTo(-1);
        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
        broker.restart();
        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
    }

    @Test
    void g6ClientsOwnRetentionCounts() {
        commit(MemberRef.dynamic(GROUP, ""), -1, partition(0), OptionalLong.of(60_000));
        broker.restart();

        broker.loop.advanceMs(600_000);

        assertThat(broker.committed(0)).isEqualTo(-1);
    }

    @Test
    void g6BrokenRuleIsNoticed() {
        Coordinator careless = new Coordinator(Rules.without(Rules.Rule.G6_SUBSCRIBED_OFFSETS_STAY), 1);
        JoinGroup.Response member = careless.soleMember();
        careless.commitNow(MemberRef.dynamic(GROUP, member.memberId()), 1, 0, 5);
        for (long lived = 0; lived < 8 * DAY_MS; lived += 9_000) {
            careless.loop.advanceMs(9_000);
            careless.now(careless.heartbeat(member));
        }

        assertThat(careless.committed(0)).isEqualTo(-1);
    }

    private void commit(MemberRef ref, int generation, TopicPartition partition, OptionalLong retentionMs) {
        OffsetCommit.Offset one = new OffsetCommit.Offset(partition, CommittedOffset.NO_TOPIC_ID, 5, 3, "note");
        assertThat(broker.now(broker.groups.commitOffsets(
                                new OffsetCommit.Request(ref, generation, true, retentionMs, List.of(one))))
                        .of(partition))
                .isEqualTo(GroupError.NONE);
    }

    private void liveOn(JoinGroup.Response member, long forMs) {
        for (long lived = 0; lived < forMs; lived += 9_000) {
            broker.loop.advanceMs(9_000);
            assertThat(broker.now(broker.heartbeat(member))).isEqualTo(GroupError.NONE);
        }
    }

    @Test
    void g7GroupTakesNoMoreThanItsMaximum() {
        broker.config = new GroupConfig(
                new GroupConfig.Classic(6_000, 1_800_000, 1_000, 2),
                GroupConfig.Consumer.DEFAULTS,
                GroupConfig.Offsets.DEFAULTS);
        CompletionStage<JoinGroup.Response> first = broker.join("");
        CompletionStage<JoinGroup.Response> second = broker.join("");
        CompletionStage<JoinGroup.Response> third = broker.join("");

        assertThat(broker.now(third).error()).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
        broker.loop.advanceMs(10_000);
        assertThat(broker.now(first).error()).isEqualTo(GroupError.NONE);
        assertThat(broker.now(second).error()).isEqualTo(GroupError.NONE);
        assertThat(broker.now(broker.join("")).error()).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
    }

    @Test
    void g7BarrierFallsWithoutWhoNeverComes() {
        JoinGroup.Response gone = broker.soleMember();
        CompletionStage<JoinGroup.Response> waits = broker.join("");

        broker.loop.advanceMs(SESSION_MS);

        assertThat(broker.now(waits).generation()).isEqualTo(2);
        assertThat(broker.now(broker.heartbeat(gone))).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }
}
