package io.sluice.engine.group;

import static io.sluice.engine.group.Coordinator.GROUP;
import static io.sluice.engine.group.Coordinator.partition;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConsumerGroupTest {
    private static final int SESSION_MS = GroupConfig.Consumer.DEFAULTS.sessionTimeoutMs();
    private static final int REBALANCE_MS = 60_000;

    private final Coordinator broker = new Coordinator();
    private final UUID topic = broker.topic("t", 4);

    private ConsumerGroupHeartbeat.Response send(
            MemberRef member, int epoch, ConsumerGroupHeartbeat.Subscription wants, Optional<Assignment> owned) {
        int rebalanceMs = epoch == ConsumerGroupHeartbeat.JOIN ? REBALANCE_MS : -1;
        return broker.now(broker.groups.consumerHeartbeat(new ConsumerGroupHeartbeat.Request(
                member, epoch, Coordinator.CLIENT, Optional.empty(), rebalanceMs, wants, owned)));
    }

    private ConsumerGroupHeartbeat.Response join(String memberId, String... topics) {
        return send(
                MemberRef.dynamic(GROUP, memberId),
                ConsumerGroupHeartbeat.JOIN,
                ConsumerGroupHeartbeat.Subscription.toTopics(topics),
                Optional.of(Assignment.NONE));
    }

    private ConsumerGroupHeartbeat.Response joinAs(String instanceId, String memberId) {
        return send(
                MemberRef.fixed(GROUP, memberId, instanceId),
                ConsumerGroupHeartbeat.JOIN,
                ConsumerGroupHeartbeat.Subscription.toTopics("t"),
                Optional.of(Assignment.NONE));
    }

    private ConsumerGroupHeartbeat.Response joinByRegex(String memberId, String regex) {
        return send(
                MemberRef.dynamic(GROUP, memberId),
                ConsumerGroupHeartbeat.JOIN,
                new ConsumerGroupHeartbeat.Subscription(Optional.empty(), Optional.of(regex), Optional.empty()),
                Optional.of(Assignment.NONE));
    }

    private ConsumerGroupHeartbeat.Response beat(String memberId, int epoch) {
        return send(
                MemberRef.dynamic(GROUP, memberId),
                epoch,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.empty());
    }

    private ConsumerGroupHeartbeat.Response beatOwning(String memberId, int epoch, Assignment owned) {
        return send(
                MemberRef.dynamic(GROUP, memberId),
                epoch,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.of(owned));
    }

    private ConsumerGroupDescribe.Described describe() {
        return broker.now(broker.groups.describeConsumerGroups(List.of(GROUP))).get(0);
    }

    @Test
    void soleMemberGetsEverythingAtOnce() {
        ConsumerGroupHeartbeat.Response joined = join("a", "t");

        assertThat(joined.error()).isEqualTo(GroupError.NONE);
        assertThat(joined.memberEpoch()).isEqualTo(1);
        assertThat(joined.heartbeatIntervalMs()).isEqualTo(5_000);
        assertThat(joined.assignment()).contains(Assignment.of(topic, 0, 1, 2, 3));
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void coordinatorNamesAMemberThatHasNoName() {
        assertThat(join("", "t").memberId()).isNotEmpty();
    }

    @Test
    void unchangedHeartbeatIsAnsweredWithoutAssignment() {
        join("a", "t");

        assertThat(beat("a", 1).assignment()).isEmpty();
    }

    @Test
    void g8PartitionIsGivenOnlyOnceItsHolderHasGivenItUp() {
        join("a", "t");
        ConsumerGroupHeartbeat.Response second = join("b", "t");
        assertThat(second.memberEpoch()).isEqualTo(2);
        assertThat(second.assignment()).contains(Assignment.NONE);
        assertThat(broker.state()).isEqualTo(GroupState.RECONCILING);

        ConsumerGroupHeartbeat.Response told = beat("a", 1);
        assertThat(told.memberEpoch()).isEqualTo(1);
        Assignment kept = told.assignment().orElseThrow();
        assertThat(kept.size()).isEqualTo(2);
        assertThat(beat("b", 2).assignment()).isEmpty();
        assertThat(beatOwning("a", 1, kept).memberEpoch()).isEqualTo(2);
        Assignment given = beat("b", 2).assignment().orElseThrow();

        assertThat(given).isEqualTo(Assignment.of(topic, 0, 1, 2, 3).minus(kept));
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void g8MemberThatDoesNotGiveUpInTimeIsFenced() {
        join("a", "t");
        join("b", "t");
        beat("a", 1);
        for (int waited = 0; waited < REBALANCE_MS; waited += 10_000) {
            beat("a", 1);
            beat("b", 2);
            broker.loop.advanceMs(10_000);
        }

        assertThat(beat("a", 1).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(beat("b", 2).assignment()).contains(Assignment.of(topic, 0, 1, 2, 3));
    }

    @Test
    void g8SilentMemberLosesItsPartitions() {
        join("a", "t");
        join("b", "t");
        beatOwning("a", 1, beat("a", 1).assignment().orElseThrow());
        broker.loop.advanceMs(SESSION_MS - 1);
        assertThat(beat("b", 2).error()).isEqualTo(GroupError.NONE);
        broker.loop.advanceMs(1);

        ConsumerGroupHeartbeat.Response rest = beat("b", 2);

        assertThat(rest.memberEpoch()).isEqualTo(3);
        assertThat(rest.assignment()).contains(Assignment.of(topic, 0, 1, 2, 3));
    }

    @Test
    void g8MemberThatMissedAnAnswerIsToldAgain() {
        join("a", "t");
        join("b", "t");
        Assignment kept = beat("a", 1).assignment().orElseThrow();
        assertThat(beatOwning("a", 1, kept).memberEpoch()).isEqualTo(2);

        ConsumerGroupHeartbeat.Response again = beatOwning("a", 1, kept);

        assertThat(again.memberEpoch()).isEqualTo(2);
        assertThat(again.assignment()).contains(kept);
        assertThat(beatOwning("a", 1, Assignment.of(topic, 0, 1, 2, 3)).error())
                .isEqualTo(GroupError.FENCED_MEMBER_EPOCH);
        assertThat(beat("a", 7).error()).isEqualTo(GroupError.FENCED_MEMBER_EPOCH);
    }

    @Test
    void g8StateOutlivesTheCoordinator() {
        join("a", "t");
        join("b", "t");
        Assignment kept = beat("a", 1).assignment().orElseThrow();
        broker.restart();

        assertThat(beat("b", 2).assignment()).isEmpty();
        assertThat(beatOwning("a", 1, kept).memberEpoch()).isEqualTo(2);
        assertThat(beat("b", 2).assignment().orElseThrow().size()).isEqualTo(2);
        broker.restart();

        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
        assertThat(describe().members())
                .extracting(ConsumerGroupDescribe.Member::memberEpoch)
                .containsOnly(2);
    }

    @Test
    void g4SessionsOfConsumersStartAnewAtLoad() {
        join("a", "t");
        broker.loop.advanceMs(SESSION_MS - 1);
        broker.restart();
        broker.loop.advanceMs(SESSION_MS - 1);
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);

        broker.loop.advanceMs(1);

        assertThat(broker.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void g9OlderEpochCommitsOnlyWhatTheMemberHeldThen() {
        join("a", "t");
        join("b", "t");
        Assignment kept = beat("a", 1).assignment().orElseThrow();
        beatOwning("a", 1, kept);
        Assignment given = beat("b", 2).assignment().orElseThrow();
        int keptOne = kept.partitions(topic).get(0);
        int givenOne = given.partitions(topic).get(0);
        MemberRef a = MemberRef.dynamic(GROUP, "a");

        assertThat(broker.commitNow(a, 1, keptOne, 5)).isEqualTo(GroupError.NONE);
        assertThat(broker.commitNow(a, 1, givenOne, 5)).isEqualTo(GroupError.STALE_MEMBER_EPOCH);
        assertThat(broker.commitNow(a, 2, keptOne, 6)).isEqualTo(GroupError.NONE);
        assertThat(broker.commitNow(a, 3, keptOne, 7)).isEqualTo(GroupError.STALE_MEMBER_EPOCH);
        broker.restart();
        assertThat(broker.commitNow(a, 1, keptOne, 8)).isEqualTo(GroupError.NONE);
        assertThat(broker.commitNow(MemberRef.dynamic(GROUP, "b"), 1, givenOne, 9))
                .isEqualTo(GroupError.STALE_MEMBER_EPOCH);
        assertThat(broker.committed(keptOne)).isEqualTo(8);
        assertThat(broker.committed(givenOne)).isEqualTo(-1);
    }

    @Test
    void g9CommitWithoutMemberNeedsAnEmptyGroup() {
        join("a", "t");

        assertThat(broker.commitOutside(0, 1)).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        send(
                MemberRef.dynamic(GROUP, "a"),
                ConsumerGroupHeartbeat.LEAVE,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.empty());
        assertThat(broker.commitOutside(0, 1)).isEqualTo(GroupError.NONE);
    }

    @Test
    void memberThatLeavesFreesItsPartitions() {
        join("a", "t");
        join("b", "t");

        send(
                MemberRef.dynamic(GROUP, "a"),
                ConsumerGroupHeartbeat.LEAVE,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.empty());

        assertThat(beat("b", 2).assignment()).contains(Assignment.of(topic, 0, 1, 2, 3));
    }

    @Test
    void staticMemberFindsItsPartitionsAgain() {
        joinAs("i1", "a");
        joinAs("i2", "b");
        Assignment kept = beat("a", 1).assignment().orElseThrow();
        beatOwning("a", 1, kept);
        beat("b", 2);
        assertThat(joinAs("i1", "c").error()).isEqualTo(GroupError.UNRELEASED_INSTANCE_ID);
        send(
                MemberRef.fixed(GROUP, "a", "i1"),
                ConsumerGroupHeartbeat.LEAVE_FOR_NOW,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.empty());
        assertThat(beat("b", 2).memberEpoch()).isEqualTo(2);

        ConsumerGroupHeartbeat.Response back = joinAs("i1", "c");

        assertThat(back.assignment()).contains(kept);
        assertThat(back.memberEpoch()).isEqualTo(2);
        assertThat(describe().groupEpoch()).isEqualTo(2);
        assertThat(send(
                                MemberRef.fixed(GROUP, "a", "i1"),
                                2,
                                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                                Optional.empty())
                        .error())
                .isEqualTo(GroupError.FENCED_INSTANCE_ID);
    }

    @Test
    void staticMemberThatStaysAwayLosesItsPlace() {
        joinAs("i1", "a");
        send(
                MemberRef.fixed(GROUP, "a", "i1"),
                ConsumerGroupHeartbeat.LEAVE_FOR_NOW,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.empty());

        broker.loop.advanceMs(SESSION_MS);

        assertThat(broker.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void morePartitionsAreGivenOut() {
        join("a", "t");
        broker.topic("t", 6);

        ConsumerGroupHeartbeat.Response response = beat("a", 1);

        assertThat(response.memberEpoch()).isEqualTo(2);
        assertThat(response.assignment()).contains(Assignment.of(topic, 0, 1, 2, 3, 4, 5));
    }

    @Test
    void topicThatComesLaterIsGivenOut() {
        assertThat(join("a", "later").assignment()).contains(Assignment.NONE);
        UUID later = broker.topic("later", 1);

        assertThat(beat("a", 1).assignment()).contains(Assignment.of(later, 0));
    }

    @Test
    void expressionFollowsTheTopics() {
        UUID first = broker.topic("log-1", 1);
        joinByRegex("a", "log-.*");
        ConsumerGroupHeartbeat.Response matched = beat("a", 1);
        assertThat(matched.assignment()).contains(Assignment.of(first, 0));
        UUID second = broker.topic("log-2", 1);
        broker.loop.advanceMs(1_000);

        ConsumerGroupHeartbeat.Response more = beat("a", matched.memberEpoch());

        assertThat(more.assignment()).contains(Assignment.of(first, 0).plus(Assignment.of(second, 0)));
        broker.restart();
        assertThat(beat("a", more.memberEpoch()).assignment()).isEmpty();
    }

    @Test
    void expressionThatIsNoneIsRefused() {
        assertThat(joinByRegex("a", "log-(").error()).isEqualTo(GroupError.INVALID_REGULAR_EXPRESSION);
        assertThat(joinByRegex("a", "x".repeat(Bounds.REGEX_CHARS + 1)).error())
                .isEqualTo(GroupError.INVALID_REGULAR_EXPRESSION);
    }

    @Test
    void unknownAssignorIsRefused() {
        ConsumerGroupHeartbeat.Response refused = send(
                MemberRef.dynamic(GROUP, "a"),
                ConsumerGroupHeartbeat.JOIN,
                new ConsumerGroupHeartbeat.Subscription(
                        Optional.of(new TreeSet<>(Set.of("t"))), Optional.empty(), Optional.of("mine")),
                Optional.of(Assignment.NONE));

        assertThat(refused.error()).isEqualTo(GroupError.UNSUPPORTED_ASSIGNOR);
    }

    @Test
    void emptyClassicGroupBecomesAConsumerGroupAndBack() {
        JoinGroup.Response classic = broker.soleMember();
        broker.commitNow(MemberRef.dynamic(GROUP, classic.memberId()), 1, 0, 5);
        broker.leave(classic.memberId(), Optional.empty());

        assertThat(join("a", "t").error()).isEqualTo(GroupError.NONE);
        assertThat(broker.committed(0)).isEqualTo(5);
        send(
                MemberRef.dynamic(GROUP, "a"),
                ConsumerGroupHeartbeat.LEAVE,
                ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                Optional.empty());
        broker.soleMember();
        broker.restart();

        assertThat(broker.committed(0)).isEqualTo(5);
        assertThat(broker.now(broker.groups.describeGroups(List.of(GROUP)))
                        .get(0)
                        .state())
                .isEqualTo(GroupState.STABLE);
        assertThat(describe().error()).isEqualTo(GroupError.GROUP_ID_NOT_FOUND);
    }

    @Test
    void memberThatJoinsAgainBeginsAnew() {
        join("a", "t");

        ConsumerGroupHeartbeat.Response again = join("a", "t");

        assertThat(again.error()).isEqualTo(GroupError.NONE);
        assertThat(again.assignment()).contains(Assignment.of(topic, 0, 1, 2, 3));
    }

    @Test
    void g6ConsumersOffsetsStayWhileTheyLive() {
        join("a", "t");
        broker.commitNow(MemberRef.dynamic(GROUP, "a"), 1, 0, 5);
        for (long lived = 0; lived < 8 * 24 * 3_600_000L; lived += 40_000) {
            broker.loop.advanceMs(40_000);
            beat("a", 1);
        }

        assertThat(broker.now(broker.fetch()).offsets()).containsKey(partition(0));
        broker.loop.advanceMs(6 * 24 * 3_600_000L);
        assertThat(broker.committed(0)).isEqualTo(5);
        broker.loop.advanceMs(2 * 24 * 3_600_000L);
        assertThat(broker.committed(0)).isEqualTo(-1);
        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
    }

    @Test
    void malformedHeartbeatsAreRefused() {
        assertThat(beat("", 3).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(beat("a", -3).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(beat("a", 0).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(beat("a", -2).error()).isEqualTo(GroupError.INVALID_REQUEST);
        assertThat(beat("a", 3).error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(broker.state()).isEqualTo(GroupState.DEAD);
    }
}
