package io.sluice.engine.group;

import static io.sluice.engine.group.Coordinator.GROUP;
import static io.sluice.engine.group.Coordinator.REBALANCE_MS;
import static io.sluice.engine.group.Coordinator.SESSION_MS;
import static io.sluice.engine.group.Coordinator.bytes;
import static io.sluice.engine.group.Coordinator.joinRequest;
import static io.sluice.engine.group.Coordinator.protocols;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ClassicGroupTest {
    private final Coordinator broker = new Coordinator();

    @Test
    void firstMemberLeadsGenerationOne() {
        JoinGroup.Response joined = broker.now(broker.join(""));

        assertThat(joined.error()).isEqualTo(GroupError.NONE);
        assertThat(joined.generation()).isEqualTo(1);
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.members()).extracting(JoinGroup.Member::memberId).containsExactly(joined.memberId());
        assertThat(joined.protocol()).contains("range");
        assertThat(joined.memberId()).startsWith("client-");
    }

    @Test
    void kip394JoinWithoutIdIsGivenOneToComeBackWith() {
        JoinGroup.Response first =
                broker.now(broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, ""), protocols("t"), true)));
        assertThat(first.error()).isEqualTo(GroupError.MEMBER_ID_REQUIRED);
        assertThat(broker.state()).isEqualTo(GroupState.EMPTY);

        JoinGroup.Response second = broker.now(
                broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, first.memberId()), protocols("t"), true)));

        assertThat(second.error()).isEqualTo(GroupError.NONE);
        assertThat(second.memberId()).isEqualTo(first.memberId());
    }

    @Test
    void pendingMemberHoldsTheBarrierUntilItsSessionEnds() {
        JoinGroup.Response sole = broker.soleMember();
        broker.now(broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, ""), protocols("t"), true)));
        CompletionStage<JoinGroup.Response> rejoin = broker.join(sole.memberId());

        broker.expectOpen(rejoin);
        broker.loop.advanceMs(SESSION_MS);

        assertThat(broker.now(rejoin).generation()).isEqualTo(2);
    }

    @Test
    void secondMemberMakesTheFirstRejoin() {
        JoinGroup.Response first = broker.soleMember();
        CompletionStage<JoinGroup.Response> second = broker.join("");
        broker.expectOpen(second);

        assertThat(broker.now(broker.heartbeat(first))).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        JoinGroup.Response again = broker.now(broker.join(first.memberId()));
        JoinGroup.Response other = broker.now(second);

        assertThat(again.generation()).isEqualTo(2);
        assertThat(other.generation()).isEqualTo(2);
        assertThat(again.members()).hasSize(2);
        assertThat(other.members()).isEmpty();
        CompletionStage<SyncGroup.Response> followerSync = broker.sync(other, Map.of());
        broker.expectOpen(followerSync);
        SyncGroup.Response leaderSync =
                broker.now(broker.sync(again, Map.of(again.memberId(), "left", other.memberId(), "right")));
        assertThat(leaderSync.assignment()).isEqualTo(bytes("left"));
        assertThat(broker.now(followerSync).assignment()).isEqualTo(bytes("right"));
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void membersThatDoNotRejoinInTimeAreOut() {
        JoinGroup.Response first = broker.soleMember();
        CompletionStage<JoinGroup.Response> second = broker.join("");
        broker.loop.advanceMs(SESSION_MS - 1);
        broker.now(broker.heartbeat(first));
        broker.loop.advanceMs(SESSION_MS - 1);
        broker.now(broker.heartbeat(first));
        broker.loop.advanceMs(SESSION_MS - 1);
        broker.now(broker.heartbeat(first));
        broker.expectOpen(second);

        broker.loop.advanceMs(REBALANCE_MS - 3 * (SESSION_MS - 1));

        assertThat(broker.now(second).members()).hasSize(1);
        assertThat(broker.now(broker.heartbeat(first))).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void silentMemberIsOutAfterItsSession() {
        JoinGroup.Response sole = broker.soleMember();
        broker.loop.advanceMs(SESSION_MS - 1);
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);

        broker.loop.advanceMs(1);

        assertThat(broker.state()).isEqualTo(GroupState.EMPTY);
        assertThat(broker.now(broker.heartbeat(sole))).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void heartbeatsKeepTheSession() {
        JoinGroup.Response sole = broker.soleMember();
        for (int i = 0; i < 5; i++) {
            broker.loop.advanceMs(SESSION_MS - 1);
            assertThat(broker.now(broker.heartbeat(sole))).isEqualTo(GroupError.NONE);
        }
    }

    @Test
    void memberThatNeverSyncsIsOutAfterTheRebalanceTimeout() {
        JoinGroup.Response first = broker.soleMember();
        CompletionStage<JoinGroup.Response> second = broker.join("");
        JoinGroup.Response leader = broker.now(broker.join(first.memberId()));
        JoinGroup.Response mute = broker.now(second);
        broker.now(broker.sync(leader, Map.of()));
        for (int waited = 0; waited < REBALANCE_MS; waited += 5_000) {
            broker.now(broker.heartbeat(leader));
            broker.now(broker.heartbeat(mute));
            broker.loop.advanceMs(5_000);
        }

        assertThat(broker.now(broker.heartbeat(mute))).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(broker.now(broker.heartbeat(leader))).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
    }

    @Test
    void initialDelayGathersWhoStartsTogether() {
        broker.config = new GroupConfig(
                GroupConfig.Classic.DEFAULTS, GroupConfig.Consumer.DEFAULTS, GroupConfig.Offsets.DEFAULTS);
        CompletionStage<JoinGroup.Response> first = broker.join("");
        broker.loop.advanceMs(2_000);
        CompletionStage<JoinGroup.Response> second = broker.join("");
        broker.loop.advanceMs(2_000);
        broker.expectOpen(first);
        broker.loop.advanceMs(2_000);

        assertThat(broker.now(first).generation()).isEqualTo(1);
        assertThat(broker.now(second).generation()).isEqualTo(1);
    }

    @Test
    void mostWantedCommonProtocolIsChosen() {
        List<Protocol> one = List.of(new Protocol("a", Bytes.EMPTY), new Protocol("b", Bytes.EMPTY));
        List<Protocol> two = List.of(new Protocol("c", Bytes.EMPTY), new Protocol("b", Bytes.EMPTY));
        JoinGroup.Response first =
                broker.now(broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, ""), one, false)));
        CompletionStage<JoinGroup.Response> second =
                broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, ""), two, false));
        broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, first.memberId()), one, false));

        assertThat(broker.now(second).protocol()).contains("b");
    }

    @Test
    void memberWithoutCommonProtocolIsRefused() {
        broker.soleMember();
        List<Protocol> other = List.of(new Protocol("other", Bytes.EMPTY));

        JoinGroup.Response refused =
                broker.now(broker.groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, ""), other, false)));

        assertThat(refused.error()).isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void sessionTimeoutBeyondTheLimitsIsRefused() {
        JoinGroup.Request tooShort = new JoinGroup.Request(
                MemberRef.dynamic(GROUP, ""),
                Coordinator.CLIENT,
                new JoinGroup.Timeouts(5_999, 10_000),
                "consumer",
                protocols("t"),
                new JoinGroup.Understands(false, true),
                "");

        assertThat(broker.now(broker.groups.joinGroup(tooShort)).error()).isEqualTo(GroupError.INVALID_SESSION_TIMEOUT);
    }

    @Test
    void unknownMemberCannotJoin() {
        assertThat(broker.now(broker.join("nobody")).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
    }

    @Test
    void memberThatLeavesFreesItsPlaceAtOnce() {
        JoinGroup.Response sole = broker.soleMember();

        assertThat(broker.leave(sole.memberId(), Optional.empty())).isEqualTo(GroupError.NONE);

        assertThat(broker.state()).isEqualTo(GroupState.EMPTY);
        assertThat(broker.leave(sole.memberId(), Optional.empty())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void describeTellsMembersAndAssignments() {
        JoinGroup.Response sole = broker.soleMember();

        DescribeGroups.Described described =
                broker.now(broker.groups.describeGroups(List.of(GROUP, "none"))).get(0);

        assertThat(described.state()).isEqualTo(GroupState.STABLE);
        assertThat(described.protocol()).isEqualTo("range");
        assertThat(described.members()).hasSize(1);
        assertThat(described.members().get(0).memberId()).isEqualTo(sole.memberId());
        assertThat(described.members().get(0).assignment()).isEqualTo(bytes("all"));
        assertThat(broker.now(broker.groups.describeGroups(List.of("none")))
                        .get(0)
                        .error())
                .isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
    }

    @Test
    void listFiltersByStateAndType() {
        broker.soleMember();

        assertThat(list("stable", "CLASSIC")).containsExactly(GROUP);
        assertThat(list("Empty", "classic")).isEmpty();
        assertThat(list("Stable", "consumer")).isEmpty();
    }

    private List<String> list(String state, String type) {
        return broker
                .now(broker.groups.listGroups(new ListGroups.Request(Set.of(state), Set.of(type))))
                .groups()
                .stream()
                .map(ListGroups.Listed::groupId)
                .toList();
    }

    @Test
    void deleteTakesOnlyEmptyGroups() {
        JoinGroup.Response sole = broker.soleMember();
        broker.commitNow(MemberRef.dynamic(GROUP, sole.memberId()), 1, 0, 5);
        assertThat(delete()).isEqualTo(GroupError.NON_EMPTY_GROUP);
        broker.leave(sole.memberId(), Optional.empty());

        assertThat(delete()).isEqualTo(GroupError.NONE);

        assertThat(broker.committed(0)).isEqualTo(-1);
        assertThat(delete()).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
        broker.restart();
        assertThat(broker.committed(0)).isEqualTo(-1);
        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
    }

    private GroupError delete() {
        return broker.now(broker.groups.deleteGroups(List.of(GROUP)))
                .getOrDefault(GROUP, GroupError.UNKNOWN_SERVER_ERROR);
    }

    @Test
    void memberIsLoadedWithWhatItSaidLast() {
        JoinGroup.Response sole = broker.soleMember();
        JoinGroup.Response again = broker.now(broker.groups.joinGroup(Coordinator.joinRequest(
                MemberRef.dynamic(GROUP, sole.memberId()), Coordinator.protocols("t", "u"), false)));
        broker.now(broker.sync(again, Map.of(sole.memberId(), "all of both")));
        List<DescribeGroups.Described> before = broker.now(broker.groups.describeGroups(List.of(GROUP)));

        broker.restart();

        assertThat(broker.now(broker.groups.describeGroups(List.of(GROUP)))).isEqualTo(before);
    }
}
