package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** All groups of a broker share one amount of memory: growth beyond it is refused, everything else goes on. */
class GroupMemoryTest {
    private static final long LIMIT_BYTES = 4 << 20;
    private static final int MORE_THAN_FIT = 10_000;

    private final GroupMemory memory = new GroupMemory(LIMIT_BYTES);
    private final Coordinator broker = new Coordinator(memory);
    /** Another shard of the same broker. */
    private final Coordinator other = new Coordinator(memory);

    private static GroupError join(Coordinator shard, String group, int metadataBytes) {
        var joins = shard.groups.joinGroup(largeJoin(group, metadataBytes));
        shard.loop.runAll();
        return joins.toCompletableFuture().isDone()
                ? joins.toCompletableFuture().join().error()
                : GroupError.NONE;
    }

    private static JoinGroup.Request largeJoin(String group, int metadataBytes) {
        List<Protocol> protocols = List.of(new Protocol("range", Bytes.of(new byte[metadataBytes])));
        return Coordinator.joinRequest(MemberRef.dynamic(group, ""), protocols, false);
    }

    /** Joins group after group until one is refused. */
    private static GroupError fill(Coordinator shard, int metadataBytes) {
        GroupError error = GroupError.NONE;
        for (int i = 0; i < MORE_THAN_FIT && error == GroupError.NONE; i++) {
            error = join(shard, "large-" + i, metadataBytes);
        }
        return error;
    }

    private OffsetCommit.Response commit(String group, int partition, String metadata) {
        OffsetCommit.Offset offset = new OffsetCommit.Offset(
                new TopicPartition("t", partition), CommittedOffset.NO_TOPIC_ID, 1, -1, metadata);
        return broker.now(broker.groups.commitOffsets(new OffsetCommit.Request(
                MemberRef.dynamic(group, ""), -1, true, OptionalLong.empty(), List.of(offset))));
    }

    private ConsumerGroupHeartbeat.Response consumer(String group, String... topics) {
        return broker.now(broker.groups.consumerHeartbeat(new ConsumerGroupHeartbeat.Request(
                MemberRef.dynamic(group, "member"),
                ConsumerGroupHeartbeat.JOIN,
                Coordinator.CLIENT,
                Optional.empty(),
                Coordinator.REBALANCE_MS,
                ConsumerGroupHeartbeat.Subscription.toTopics(topics),
                Optional.of(Assignment.NONE))));
    }

    @Test
    void joinsBeyondTheMemoryAreToldToTryAgain() {
        assertThat(fill(broker, 100_000)).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        assertThat(join(other, "large", 100_000)).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        assertThat(memory.usedBytes()).isBetween(LIMIT_BYTES / 2, LIMIT_BYTES);
    }

    @Test
    void normalGroupGoesOnWhileOthersTookAllTheyCould() {
        JoinGroup.Response member = broker.soleMember();
        fill(other, 100_000);

        assertThat(broker.now(broker.heartbeat(member))).isEqualTo(GroupError.NONE);
        assertThat(broker.commitNow(MemberRef.dynamic(Coordinator.GROUP, member.memberId()), 1, 0, 5))
                .isEqualTo(GroupError.NONE);
        assertThat(broker.now(broker.join(member.memberId())).error()).isEqualTo(GroupError.NONE);
        assertThat(consumer("new", "t").error()).isEqualTo(GroupError.NONE);
        assertThat(commit("newer", 0, "").error()).isEqualTo(GroupError.NONE);
    }

    @Test
    void subscriptionOfManyShortNamesWeighsWhatItsNamesTake() {
        String[] names = IntStream.range(0, 5_000).mapToObj(i -> "t" + i).toArray(String[]::new);
        List<Protocol> protocols = List.of(new Protocol("range", Coordinator.subscription(names)));
        var joins = broker.groups.joinGroup(
                Coordinator.joinRequest(MemberRef.dynamic(Coordinator.GROUP, ""), protocols, false));

        assertThat(broker.now(joins).error()).isEqualTo(GroupError.NONE);
        assertThat(memory.usedBytes()).isGreaterThan(names.length * 90L);
    }

    @Test
    void offsetsBeyondTheMemoryAreToldToTryAgainAndOldOnesMove() {
        String note = "x".repeat(4_000);
        GroupError error = GroupError.NONE;
        for (int i = 0; i < MORE_THAN_FIT && error == GroupError.NONE; i++) {
            error = commit("g" + i % 100, i, note).error();
        }

        assertThat(error).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        assertThat(memory.usedBytes()).isBetween(LIMIT_BYTES / 2, LIMIT_BYTES);
        assertThat(commit("g0", 0, note).error()).isEqualTo(GroupError.NONE);
        broker.expectMemoryCounted();
    }

    @Test
    void consumerMembersBeyondTheMemoryAreToldToTryAgain() {
        String[] topics = new TreeSet<>(
                        IntStream.range(0, 500).mapToObj(i -> "topic-" + i).toList())
                .toArray(String[]::new);
        GroupError error = GroupError.NONE;
        for (int i = 0; i < MORE_THAN_FIT && error == GroupError.NONE; i++) {
            error = consumer("group-" + i, topics).error();
        }

        assertThat(error).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        assertThat(memory.usedBytes()).isBetween(LIMIT_BYTES / 2, LIMIT_BYTES);
        broker.expectMemoryCounted();
    }

    @Test
    void groupsOfMemberIdsThatNobodyComesBackWithAreBoundedAndForgotten() {
        GroupError error = GroupError.MEMBER_ID_REQUIRED;
        for (int i = 0; i < MORE_THAN_FIT && error == GroupError.MEMBER_ID_REQUIRED; i++) {
            error = broker.now(broker.groups.joinGroup(Coordinator.joinRequest(
                            MemberRef.dynamic("group-" + i, ""), Coordinator.protocols("t"), true)))
                    .error();
        }
        assertThat(error).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
        assertThat(memory.usedBytes()).isBetween(LIMIT_BYTES / 2, LIMIT_BYTES);

        broker.loop.advanceMs(Coordinator.SESSION_MS);

        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void refusedJoinLeavesNoGroupBehind() {
        broker.now(broker.groups.joinGroup(
                Coordinator.joinRequest(MemberRef.dynamic(Coordinator.GROUP, ""), List.of(), false)));

        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void assignmentsBeyondTheMemoryAreToldToTryAgain() {
        fill(other, 100_000);
        JoinGroup.Response leader = broker.now(broker.join(""));

        SyncGroup.Response synced = broker.now(broker.sync(leader, Map.of(leader.memberId(), "x".repeat(900_000))));

        assertThat(synced.error()).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void oneGroupTakesAPartOfTheMemoryAtMost() {
        GroupError error = GroupError.NONE;
        for (int i = 0; i < 100 && error == GroupError.NONE; i++) {
            error = join(broker, Coordinator.GROUP, 100_000);
        }

        assertThat(error).isEqualTo(GroupError.GROUP_MAX_SIZE_REACHED);
        assertThat(memory.usedBytes()).isLessThan(LIMIT_BYTES / 2);
    }

    @Test
    void whatTheLogHoldsIsTakenWhetherThereIsRoomOrNot() {
        for (int i = 0; i < 100; i++) {
            commit("group", i, "x".repeat(4_000));
        }
        long taken = memory.usedBytes();
        broker.memory = new GroupMemory(taken / 2);

        broker.restart();

        assertThat(broker.memory.usedBytes()).isEqualTo(taken);
        assertThat(memory.usedBytes()).isZero();
        assertThat(broker.now(broker.groups.fetchOffsets(
                                new OffsetFetch.Request("group", Optional.empty(), -1, Optional.empty())))
                        .offsets())
                .hasSize(100);
        assertThat(commit("group", 0, "").error()).isEqualTo(GroupError.NONE);
        assertThat(commit("group", 100, "").error()).isEqualTo(GroupError.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void everythingIsGivenBackInTheEnd() {
        JoinGroup.Response member = broker.soleMember();
        broker.commitNow(MemberRef.dynamic(Coordinator.GROUP, member.memberId()), 1, 0, 5);
        commit("offsets-only", 0, "note");
        commit("expires", 0, "note");
        consumer("consumers", "t");
        broker.expectMemoryCounted();

        broker.leave(member.memberId(), Optional.empty());
        broker.now(broker.groups.deleteGroups(List.of(Coordinator.GROUP, "offsets-only")));
        broker.loop.advanceMs(GroupConfig.Offsets.DEFAULTS.retentionMs() * 2);

        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void offsetsOfAGroupThatWasChangingItsProtocolCanBeDeletedAfterARestart() {
        commit("group", 0, "note");
        consumer("group", "t");
        broker.now(broker.groups.leaveGroup(
                new LeaveGroup.Request("group", List.of(new LeaveGroup.Leaver("member", Optional.empty(), "test")))));
        broker.now(broker.groups.joinGroup(
                Coordinator.joinRequest(MemberRef.dynamic("group", ""), Coordinator.protocols("t"), true)));

        broker.restart();

        assertThat(broker.now(broker.groups.deleteGroups(List.of("group")))).containsEntry("group", GroupError.NONE);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void shardThatIsNoLongerHereTakesNothing() {
        broker.soleMember();
        assertThat(memory.usedBytes()).isPositive();

        broker.groups.resign(0, broker.home);
        broker.loop.runAll();

        assertThat(memory.usedBytes()).isZero();
    }
}
