package io.sluice.engine.group;

import static io.sluice.engine.group.Coordinator.GROUP;
import static io.sluice.engine.group.Coordinator.SESSION_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A fleet of consumers moves from the classic protocol to KIP-848's and back, without stopping. */
class GroupConversionTest {
    private final Coordinator broker = new Coordinator();
    private final UUID topic = broker.topic("t", 4);

    /** A classic, cooperative consumer: says what it owns and in which generation. */
    private JoinGroup.Response joinClassic(String memberId, int generation, Assignment owned) {
        FieldWriter fields = new FieldWriter()
                .int16(2)
                .int32(1)
                .string("t")
                .int32(-1)
                .int32(1)
                .string("t");
        List<Integer> partitions = owned.partitions(topic);
        fields.int32(partitions.size());
        partitions.forEach(fields::int32);
        Bytes subscription = fields.int32(generation).toBytes();
        return broker.now(broker.groups.joinGroup(Coordinator.joinRequest(
                MemberRef.dynamic(GROUP, memberId), List.of(new Protocol("cooperative-sticky", subscription)), false)));
    }

    private SyncGroup.Response syncClassic(JoinGroup.Response joined, Map<String, Bytes> assignments) {
        return broker.now(broker.groups.syncGroup(new SyncGroup.Request(
                MemberRef.dynamic(GROUP, joined.memberId()),
                joined.generation(),
                Optional.of("consumer"),
                Optional.of("cooperative-sticky"),
                assignments)));
    }

    private Assignment given(SyncGroup.Response synced) {
        assertThat(synced.error()).isEqualTo(GroupError.NONE);
        return ClassicAssignment.parse(synced.assignment(), broker.current()).orElseThrow();
    }

    /** One classic member that has everything. */
    private JoinGroup.Response classicGroup() {
        JoinGroup.Response joined = joinClassic("", -1, Assignment.NONE);
        Bytes all = ClassicAssignment.encode(Assignment.of(topic, 0, 1, 2, 3), 2, broker.current());
        assertThat(given(syncClassic(joined, Map.of(joined.memberId(), all)))).isEqualTo(all(0, 1, 2, 3));
        return joined;
    }

    private Assignment all(int... partitions) {
        return Assignment.of(topic, partitions);
    }

    private ConsumerGroupHeartbeat.Response beat(String memberId, int epoch) {
        boolean joins = epoch == ConsumerGroupHeartbeat.JOIN;
        return broker.now(broker.groups.consumerHeartbeat(new ConsumerGroupHeartbeat.Request(
                MemberRef.dynamic(GROUP, memberId),
                epoch,
                Coordinator.CLIENT,
                Optional.empty(),
                joins ? 60_000 : -1,
                joins
                        ? ConsumerGroupHeartbeat.Subscription.toTopics("t")
                        : ConsumerGroupHeartbeat.Subscription.UNCHANGED,
                joins ? Optional.of(Assignment.NONE) : Optional.empty())));
    }

    private GroupType type() {
        return broker.now(broker.groups.listGroups(new ListGroups.Request(java.util.Set.of(), java.util.Set.of())))
                .groups()
                .get(0)
                .type();
    }

    @Test
    void firstConsumerConvertsTheGroupAndSharesTheWork() {
        JoinGroup.Response classic = classicGroup();

        ConsumerGroupHeartbeat.Response joined = beat("new", ConsumerGroupHeartbeat.JOIN);

        assertThat(joined.error()).isEqualTo(GroupError.NONE);
        assertThat(joined.assignment()).contains(Assignment.NONE);
        assertThat(type()).isEqualTo(GroupType.CONSUMER);
        assertThat(broker.now(broker.heartbeat(classic))).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        JoinGroup.Response told = joinClassic(classic.memberId(), 1, all(0, 1, 2, 3));
        assertThat(told.generation()).isEqualTo(1);
        Assignment kept = given(syncClassic(told, Map.of()));
        assertThat(kept.size()).isEqualTo(2);
        assertThat(beat("new", joined.memberEpoch()).assignment()).isEmpty();

        JoinGroup.Response done = joinClassic(classic.memberId(), 1, kept);

        assertThat(done.generation()).isEqualTo(joined.memberEpoch());
        assertThat(given(syncClassic(done, Map.of()))).isEqualTo(kept);
        assertThat(beat("new", joined.memberEpoch()).assignment())
                .contains(all(0, 1, 2, 3).minus(kept));
        assertThat(broker.now(broker.heartbeat(done))).isEqualTo(GroupError.NONE);
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
    }

    @Test
    void memberOfAConvertedGroupGivesUpWhatItOwnedBeforeOthersTakeIt() {
        JoinGroup.Response classic = classicGroup();
        JoinGroup.Response again = joinClassic(classic.memberId(), 1, all(0, 1, 2, 3));
        Bytes half = ClassicAssignment.encode(all(0, 1), 2, broker.current());
        syncClassic(again, Map.of(classic.memberId(), half)); // the answer, that it must give up the rest, is lost

        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();

        assertThat(beat("new", epoch).assignment()).as("still in use").isEmpty();
        JoinGroup.Response told = joinClassic(classic.memberId(), again.generation(), all(0, 1, 2, 3));
        assertThat(given(syncClassic(told, Map.of()))).isEqualTo(all(0, 1));
        joinClassic(classic.memberId(), told.generation(), all(0, 1));
        assertThat(beat("new", epoch).assignment()).contains(all(2, 3));
    }

    @Test
    void convertedGroupOutlivesTheCoordinator() {
        JoinGroup.Response classic = classicGroup();
        broker.commitNow(MemberRef.dynamic(GROUP, classic.memberId()), 1, 0, 5);
        beat("new", ConsumerGroupHeartbeat.JOIN);
        broker.restart();

        assertThat(type()).isEqualTo(GroupType.CONSUMER);
        assertThat(broker.committed(0)).isEqualTo(5);
        assertThat(broker.now(broker.heartbeat(classic))).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        assertThat(broker.commitNow(MemberRef.dynamic(GROUP, classic.memberId()), 1, 0, 6))
                .isEqualTo(GroupError.NONE);
        assertThat(broker.commitNow(MemberRef.dynamic(GROUP, classic.memberId()), 2, 0, 7))
                .isEqualTo(GroupError.ILLEGAL_GENERATION);
        broker.loop.advanceMs(SESSION_MS);
        assertThat(broker.now(broker.heartbeat(classic))).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void classicMemberJoinsAConsumerGroup() {
        beat("new", ConsumerGroupHeartbeat.JOIN);

        JoinGroup.Response classic = joinClassic("", -1, Assignment.NONE);

        assertThat(classic.error()).isEqualTo(GroupError.NONE);
        assertThat(classic.leader()).isEmpty();
        assertThat(given(syncClassic(classic, Map.of()))).isEqualTo(Assignment.NONE);
        assertThat(broker.now(broker.heartbeat(classic))).isEqualTo(GroupError.NONE);
    }

    @Test
    void classicMemberThatDoesNotJoinAgainIsFenced() {
        JoinGroup.Response classic = classicGroup();
        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();
        for (int waited = 0; waited < Coordinator.REBALANCE_MS; waited += 5_000) {
            broker.now(broker.heartbeat(classic));
            beat("new", epoch);
            broker.loop.advanceMs(5_000);
        }

        assertThat(broker.now(broker.heartbeat(classic))).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(beat("new", epoch).assignment()).contains(all(0, 1, 2, 3));
    }

    @Test
    void classicMemberGivesUpBeforeOthersTakeThoughAnAnswerToItWasLost() {
        JoinGroup.Response classic = classicGroup();
        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();
        Assignment kept = given(syncClassic(joinClassic(classic.memberId(), 1, all(0, 1, 2, 3)), Map.of()));
        joinClassic(classic.memberId(), 1, kept); // the answer, that it is in the new epoch, is lost
        beat("new2", ConsumerGroupHeartbeat.JOIN);
        beat("new3", ConsumerGroupHeartbeat.JOIN);

        JoinGroup.Response again = joinClassic(classic.memberId(), 1, kept);

        assertThat(again.generation()).as("until it has given up").isEqualTo(epoch);
        Assignment less = given(syncClassic(again, Map.of()));
        assertThat(less.size()).isEqualTo(1);
        assertThat(joinClassic(classic.memberId(), epoch, less).generation()).isEqualTo(epoch + 2);
    }

    @Test
    void classicMemberThatWasTakenOutHearsSoWhenItJoinsAgain() {
        JoinGroup.Response classic = classicGroup();
        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();
        broker.loop.advanceMs(SESSION_MS);
        assertThat(beat("new", epoch).assignment()).contains(all(0, 1, 2, 3));

        JoinGroup.Response again = joinClassic(classic.memberId(), 1, all(0, 1, 2, 3));

        assertThat(again.error()).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
        assertThat(joinClassic("", -1, Assignment.NONE).error()).isEqualTo(GroupError.NONE);
    }

    @Test
    void lastConsumerThatLeavesMakesTheGroupClassicAgain() {
        JoinGroup.Response classic = classicGroup();
        beat("new", ConsumerGroupHeartbeat.JOIN);

        beat("new", ConsumerGroupHeartbeat.LEAVE);

        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        broker.restart();
        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        JoinGroup.Response again = joinClassic(classic.memberId(), 1, all(0, 1, 2, 3));
        assertThat(again.error()).isEqualTo(GroupError.NONE);
        assertThat(again.leader()).isEqualTo(classic.memberId());
        assertThat(again.generation()).isGreaterThan(classic.generation());
    }

    @Test
    void groupThatWasMadeClassicRebalancesThoughItsCoordinatorGoes() {
        JoinGroup.Response classic = classicGroup();
        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();
        JoinGroup.Response told = joinClassic(classic.memberId(), 1, all(0, 1, 2, 3));
        Assignment kept = given(syncClassic(told, Map.of()));
        JoinGroup.Response joined = joinClassic(classic.memberId(), 1, kept);
        syncClassic(joined, Map.of());
        beat("new", epoch);
        beat("new", ConsumerGroupHeartbeat.LEAVE);

        broker.restart();

        assertThat(broker.now(broker.heartbeat(joined))).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        JoinGroup.Response again = joinClassic(joined.memberId(), joined.generation(), kept);
        assertThat(again.leader()).isEqualTo(joined.memberId());
        assertThat(again.generation()).isGreaterThan(joined.generation());
    }

    @Test
    void silentConsumerMakesTheGroupClassicAgain() {
        JoinGroup.Response classic = classicGroup();
        beat("new", ConsumerGroupHeartbeat.JOIN);
        JoinGroup.Response joined = joinClassic(classic.memberId(), 1, Assignment.NONE);
        syncClassic(joined, Map.of());
        for (int waited = 0; waited < 45_000; waited += 5_000) {
            broker.now(broker.heartbeat(joined));
            broker.loop.advanceMs(5_000);
        }

        assertThat(type()).isEqualTo(GroupType.CLASSIC);
        assertThat(broker.now(broker.heartbeat(joined))).isEqualTo(GroupError.REBALANCE_IN_PROGRESS);
        assertThat(joinClassic(classic.memberId(), -1, Assignment.NONE).leader())
                .isEqualTo(classic.memberId());
    }

    @Test
    void conversionCanBeForbidden() {
        broker.config = new GroupConfig(
                broker.config.classic(),
                new GroupConfig.Consumer(
                        45_000, 5_000, 10, List.of("uniform"), GroupConfig.Migration.DISABLED, 600_000),
                GroupConfig.Offsets.DEFAULTS);
        JoinGroup.Response classic = classicGroup();

        assertThat(beat("new", ConsumerGroupHeartbeat.JOIN).error()).isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
        assertThat(broker.now(broker.heartbeat(classic))).isEqualTo(GroupError.NONE);
    }

    @Test
    void groupThatIsNoneOfConsumersCannotBeConverted() {
        JoinGroup.Request connect = new JoinGroup.Request(
                MemberRef.dynamic(GROUP, ""),
                Coordinator.CLIENT,
                new JoinGroup.Timeouts(SESSION_MS, 10_000),
                "connect",
                List.of(new Protocol("sessioned", Bytes.EMPTY)),
                new JoinGroup.Understands(false, true),
                "");
        assertThat(broker.now(broker.groups.joinGroup(connect)).error()).isEqualTo(GroupError.NONE);

        assertThat(beat("new", ConsumerGroupHeartbeat.JOIN).error()).isEqualTo(GroupError.INCONSISTENT_GROUP_PROTOCOL);
    }

    @Test
    void memberLeavesAConvertedGroupTheClassicWay() {
        JoinGroup.Response classic = classicGroup();
        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();

        assertThat(broker.leave(classic.memberId(), Optional.empty())).isEqualTo(GroupError.NONE);

        assertThat(beat("new", epoch).assignment()).contains(all(0, 1, 2, 3));
        // Kafka's administrators remove members of either protocol so.
        assertThat(broker.leave("new", Optional.empty())).isEqualTo(GroupError.NONE);
        assertThat(broker.leave("new", Optional.empty())).isEqualTo(GroupError.UNKNOWN_MEMBER_ID);
    }

    @Test
    void g9EpochsGoOnWhenAnEmptyGroupChangesItsProtocol() {
        int epoch = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();
        beat("new", ConsumerGroupHeartbeat.LEAVE);
        JoinGroup.Response classic = joinClassic("", -1, Assignment.NONE);
        assertThat(classic.generation()).isGreaterThan(epoch);
        broker.leave(classic.memberId(), Optional.empty());
        broker.restart();

        int again = beat("new", ConsumerGroupHeartbeat.JOIN).memberEpoch();

        assertThat(again).isGreaterThan(classic.generation());
        assertThat(broker.commitNow(MemberRef.dynamic(GROUP, "new"), epoch, 0, 5))
                .isEqualTo(GroupError.STALE_MEMBER_EPOCH);
    }
}
