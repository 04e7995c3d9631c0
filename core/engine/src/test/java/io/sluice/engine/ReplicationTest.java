package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.HandMadeController.Mood;
import io.sluice.log.MemoryDisk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Engines that copy from one another, under a controller by hand. */
class ReplicationTest {
    private static final String TOPIC = "t";

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2, 3);

    private void topic(int minInSync, int... replicas) {
        cluster.controller.createTopic(TOPIC, 1, Map.of("min.insync.replicas", String.valueOf(minInSync)), replicas);
        cluster.advanceMs(100);
    }

    private List<String> append(int broker, boolean allReplicas, String... values) {
        return cluster.append(broker, TOPIC, 0, allReplicas, values);
    }

    private Partition at(int broker) {
        return cluster.partition(broker, TOPIC, 0);
    }

    private List<String> values(int broker) {
        return cluster.values(broker, TOPIC, 0);
    }

    private List<Integer> isr() {
        return cluster.controller.state(TOPIC, 0).isr();
    }

    @Test
    void followersGetTheLeadersBytes() throws Exception {
        topic(1, 1, 2, 3);
        append(1, true, "a", "b");
        append(1, true, "c");
        cluster.advanceMs(100);
        assertThat(values(2)).containsExactly("a", "b", "c");
        assertThat(cluster.bytes(2, TOPIC, 0)).isEqualTo(cluster.bytes(1, TOPIC, 0));
        assertThat(cluster.bytes(3, TOPIC, 0)).isEqualTo(cluster.bytes(1, TOPIC, 0));
    }

    @Test
    void r1AcksAllWaitsForEveryReplicaInSync() {
        topic(1, 1, 2, 3);
        cluster.links.cut(1, 3);
        List<String> outcome = append(1, true, "a");
        List<String> leaderOnly = append(1, false, "b");
        cluster.advanceMs(500);
        assertThat(values(2)).containsExactly("a", "b");
        assertThat(outcome).isEmpty();
        assertThat(leaderOnly).containsExactly("at 1");
        assertThat(at(1).highWatermark()).isZero();
        cluster.links.heal();
        cluster.advanceMs(1_500);
        assertThat(outcome).containsExactly("at 0");
        assertThat(at(1).highWatermark()).isEqualTo(2);
    }

    @Test
    void t17AcksAllThatIsNotAcknowledgedInTimeIsRefusedOnceAndStaysInTheLog() {
        topic(1, 1, 2, 3);
        cluster.links.cut(1, 3);
        List<String> patient = append(1, true, "a");
        List<String> hasty = cluster.append(1, TOPIC, 0, AcksWanted.all(500), "b");
        cluster.advanceMs(400);
        assertThat(hasty).isEmpty();
        cluster.advanceMs(100);
        assertThat(hasty).containsExactly("TIMED_OUT");
        assertThat(AppendError.TIMED_OUT.isIndeterminate()).isTrue();
        assertThat(patient).isEmpty();
        cluster.links.heal();
        cluster.advanceMs(1_500);
        assertThat(at(1).highWatermark()).isEqualTo(2);
        assertThat(patient).containsExactly("at 0");
        assertThat(hasty).containsExactly("TIMED_OUT");
        assertThat(values(3)).containsExactly("a", "b");
    }

    @Test
    void acksAllIsTimedFromItsOwnAppendNotFromThatOfOthers() {
        topic(1, 1, 2);
        append(1, true, "a");
        cluster.advanceMs(20_000);
        cluster.links.cut(1, 2);
        List<String> later = cluster.append(1, TOPIC, 0, AcksWanted.all(9_000), "b");
        cluster.advanceMs(8_900);
        assertThat(later).isEmpty();
        cluster.advanceMs(100);
        assertThat(later).containsExactly("TIMED_OUT");
    }

    @Test
    void acksAllIsAnsweredWithoutWaitingForAnyTimer() {
        topic(1, 1, 2, 3);
        cluster.advanceMs(5_000);
        List<String> outcome = append(1, true, "a");
        cluster.loop.runAll();
        assertThat(outcome).containsExactly("at 0");
    }

    @Test
    void r5FollowersLearnTheHighWatermarkWithTheNextFetch() {
        topic(1, 1, 2, 3);
        append(1, true, "a");
        cluster.advanceMs(1_100);
        assertThat(at(2).highWatermark()).isEqualTo(1);
        assertThat(at(3).highWatermark()).isEqualTo(1);
    }

    @Test
    void r3LaggingFollowerLeavesAndAcknowledgementsGoOnOnceThatIsCommitted() {
        topic(1, 1, 2, 3);
        cluster.links.cut(1, 3);
        cluster.controller.mood(Mood.AWAY);
        List<String> outcome = append(1, true, "a");
        cluster.advanceMs(20_000);
        assertThat(outcome).as("the controller has not agreed").isEmpty();
        cluster.controller.mood(Mood.ANSWERS);
        cluster.advanceMs(5_000);
        assertThat(isr()).containsExactly(1, 2);
        assertThat(outcome).containsExactly("at 0");
    }

    @Test
    void r3LostAnswerIsAskedForAgainUntilItIsSettled() {
        topic(1, 1, 2, 3);
        cluster.links.cut(1, 3);
        cluster.controller.mood(Mood.LOSES_ANSWERS);
        List<String> outcome = append(1, true, "a");
        cluster.advanceMs(20_000);
        assertThat(isr()).containsExactly(1, 2);
        assertThat(outcome).containsExactly("at 0");
    }

    @Test
    void r1WaitingAppendsAreRefusedWhenTooFewStayInSync() {
        topic(2, 1, 2);
        cluster.links.cut(1, 2);
        List<String> waiting = append(1, true, "a");
        cluster.advanceMs(20_000);
        assertThat(isr()).containsExactly(1);
        assertThat(waiting).containsExactly("NOT_ENOUGH_REPLICAS_AFTER_APPEND");
        assertThat(append(1, true, "b")).containsExactly("NOT_ENOUGH_REPLICAS");
        List<String> leaderOnly = append(1, false, "c");
        cluster.advanceMs(100);
        assertThat(leaderOnly).containsExactly("at 1");
        assertThat(at(1).highWatermark())
                .as("R2: stands while too few are in sync")
                .isZero();
    }

    @Test
    void r4FollowerThatComesBackJoinsOnceItHasCaughtUp() {
        topic(1, 1, 2);
        cluster.links.cut(1, 2);
        append(1, true, "a");
        cluster.advanceMs(20_000);
        assertThat(isr()).containsExactly(1);
        append(1, true, "b");
        cluster.links.heal();
        cluster.advanceMs(2_000);
        assertThat(isr()).containsExactly(1, 2);
        assertThat(values(2)).containsExactly("a", "b");
    }

    @Test
    void r6NewLeadersHistoryReplacesWhatTheOldOneWroteAlone() {
        topic(1, 1, 2, 3);
        append(1, true, "a");
        cluster.advanceMs(1_000);
        cluster.links.cut(1, 2);
        cluster.links.cut(1, 3);
        cluster.controller.disconnect(1);
        List<String> lost = append(1, true, "x", "y");
        cluster.advanceMs(1_000);
        cluster.controller.elect(TOPIC, 0, 2, 2, 3);
        cluster.advanceMs(1_000);
        List<String> kept = append(2, true, "b");
        cluster.advanceMs(1_000);
        assertThat(kept).containsExactly("at 1");
        assertThat(lost).isEmpty();
        cluster.links.heal();
        cluster.controller.reconnect(1);
        cluster.advanceMs(2_000);
        assertThat(lost).containsExactly("LOST_LEADERSHIP_AFTER_APPEND");
        assertThat(values(1)).containsExactly("a", "b");
        assertThat(isr()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void r6FollowerThatRestartsKeepsItsTailThoughItsHighWatermarkIsOld() {
        topic(1, 1, 2);
        append(1, true, "a");
        cluster.loop.runAll();
        MemoryDisk disk = cluster.kill(2);
        cluster.controller.lose(2);
        cluster.start(2, disk);
        assertThat(at(2).highWatermark()).as("not checkpointed").isZero();
        cluster.controller.elect(TOPIC, 0, 2, 2);
        cluster.advanceMs(100);
        assertThat(values(2)).containsExactly("a");
        assertThat(at(2).highWatermark()).isEqualTo(1);
    }

    @Test
    void r7ElectionsWithoutWritesLeaveOneHistory() {
        topic(1, 1, 2, 3);
        append(1, true, "a");
        cluster.advanceMs(1_000);
        for (int leader : new int[] {2, 3, 2, 1, 3, 1}) {
            cluster.controller.elect(TOPIC, 0, leader, 1, 2, 3);
            cluster.loop.runAll();
        }
        cluster.controller.elect(TOPIC, 0, 2, 1, 2, 3);
        append(2, true, "b");
        cluster.advanceMs(2_000);
        for (int broker = 1; broker <= 3; broker++) {
            assertThat(values(broker)).containsExactly("a", "b");
        }
    }

    @Test
    void r7LeaderThatWroteNothingTakesOverBatchesOfAnOlderEpoch() {
        topic(1, 1, 2, 3);
        cluster.links.cut(1, 2);
        append(1, true, "old");
        cluster.advanceMs(500);
        assertThat(values(3)).containsExactly("old");
        cluster.links.cut(2, 3);
        cluster.controller.elect(TOPIC, 0, 2, 1, 2, 3);
        cluster.loop.runAll();
        assertThat(at(2).log().latestEpoch()).isEqualTo(1);
        cluster.controller.elect(TOPIC, 0, 3, 1, 2, 3);
        cluster.links.heal();
        cluster.advanceMs(2_000);
        assertThat(values(2)).containsExactly("old");
    }

    @Test
    void r8FetchOfAnOlderEpochIsFencedAndOfANewerOneWaits() {
        topic(1, 1, 2);
        ReplicaFetch.Ref ref = at(1).ref();
        cluster.controller.elect(TOPIC, 0, 1, 1, 2);
        cluster.loop.runAll();
        long epoch = cluster.engine(2).cluster().brokerEpoch();
        assertThat(refusal(at(1).readForReplica(2, epoch, new ReplicaFetch.Position(ref, 0, 0, -1, 0, 1000), true)))
                .isEqualTo(ReadError.FENCED_LEADER_EPOCH);
        assertThat(refusal(at(1).readForReplica(2, epoch, new ReplicaFetch.Position(ref, 2, 0, -1, 0, 1000), true)))
                .isEqualTo(ReadError.UNKNOWN_LEADER_EPOCH);
        assertThat(refusal(at(1).readForReplica(3, epoch, new ReplicaFetch.Position(ref, 1, 0, -1, 0, 1000), true)))
                .as("holds no replica")
                .isEqualTo(ReadError.NOT_LEADER);
    }

    @Test
    void r13FollowerOfAnotherRegistrationDoesNotMoveTheHighWatermark() {
        topic(1, 1, 2);
        cluster.links.cut(1, 2);
        append(1, true, "a");
        cluster.advanceMs(100);
        ReplicaFetch.Position caughtUp = new ReplicaFetch.Position(at(1).ref(), 0, 1, 0, 0, 1000);
        long epoch = cluster.engine(2).cluster().brokerEpoch();
        at(1).readForReplica(2, epoch - 1, caughtUp, true);
        assertThat(at(1).highWatermark()).isZero();
        at(1).readForReplica(2, epoch, caughtUp, true);
        assertThat(at(1).highWatermark()).isEqualTo(1);
    }

    @Test
    void r2ReplicaForWhichTheAnswerHasNoRoomIsHeard() {
        topic(1, 1, 2);
        cluster.links.cut(1, 2);
        append(1, true, "a");
        cluster.advanceMs(100);
        append(1, true, "b");
        cluster.advanceMs(100);
        long epoch = cluster.engine(2).cluster().brokerEpoch();
        ReplicaFetch.Position hasTheFirst = new ReplicaFetch.Position(at(1).ref(), 0, 1, 0, 0, 0);
        assertThat(at(1).readForReplica(2, epoch, hasTheFirst, false)).isInstanceOf(ReadOutcome.Nothing.class);
        assertThat(at(1).highWatermark()).isEqualTo(1);
    }

    @Test
    void r9OldLeadersRecordsAreNotTakenOnceThisBrokerLeads() {
        topic(1, 1, 2);
        append(1, true, "late");
        cluster.controller.elect(TOPIC, 0, 2, 1, 2);
        cluster.advanceMs(1_500);
        assertThat(values(1)).isEqualTo(values(2));
    }

    @Test
    void r11FollowerBelowTheLeadersStartBeginsAnewThere() {
        topic(1, 1, 2);
        cluster.links.cut(1, 2);
        append(1, true, "a");
        append(1, true, "b", "c", "d");
        cluster.advanceMs(20_000);
        cluster.engine(1).queries().deleteRecordsBefore(at(1), 2, 30_000);
        cluster.links.heal();
        append(1, true, "e");
        cluster.advanceMs(3_000);
        assertThat(at(2).startOffset()).isEqualTo(2);
        assertThat(values(2)).containsExactly("c", "d", "e");
        assertThat(isr()).containsExactly(1, 2);
    }

    @Test
    void deletedRecordsAreDeletedOnFollowersToo() {
        topic(1, 1, 2);
        append(1, true, "a");
        append(1, true, "b");
        cluster.advanceMs(1_000);
        cluster.engine(1).queries().deleteRecordsBefore(at(1), 1, 30_000);
        cluster.advanceMs(1_500);
        assertThat(at(2).startOffset()).isEqualTo(1);
    }

    @Test
    void r5NewLeaderDoesNotTellAnEndBeforeItKnowsWhatIsCommitted() {
        topic(1, 1, 2, 3);
        append(1, true, "a");
        cluster.loop.runAll();
        cluster.links.cut(2, 3);
        MemoryDisk gone = cluster.kill(1);
        assertThat(gone).isNotNull();
        cluster.controller.elect(TOPIC, 0, 2, 2, 3);
        cluster.loop.runAll();
        assertThat(at(2).highWatermark()).isZero();
        PartitionQueries queries = cluster.engine(2).queries();
        assertThat(queries.end(at(2)))
                .isInstanceOfSatisfying(PartitionQueries.Found.Failed.class, failed -> assertThat(failed.error())
                        .isEqualTo(ReadError.OFFSET_NOT_AVAILABLE));
        assertThat(at(2).read(1, 1000, true, -1)).isInstanceOf(ReadOutcome.Nothing.class);
        cluster.links.heal();
        cluster.advanceMs(2_000);
        assertThat(queries.end(at(2))).isInstanceOf(PartitionQueries.Found.Value.class);
        assertThat(at(2).highWatermark()).isEqualTo(1);
    }

    @Test
    void r10RottenBatchIsNotCopied() throws Exception {
        topic(1, 1, 2);
        append(1, true, "a");
        cluster.advanceMs(1_000);
        cluster.links.cut(1, 2);
        append(1, true, "b");
        cluster.loop.runAll();
        cluster.rotLastByte(1, TOPIC, 0);
        cluster.links.heal();
        cluster.advanceMs(5_000);
        assertThat(values(2)).containsExactly("a");
        assertThat(at(2).leadership().epoch()).isZero();
    }

    @Test
    void flushMessagesOneCountsAFollowerOnlyForWhatIsOnItsDisk() {
        cluster.controller.createTopic(TOPIC, 1, Map.of("flush.messages", "1"), 1, 2, 3);
        cluster.advanceMs(1_000);
        List<String> outcome = append(1, true, "a");
        cluster.advanceMs(1_000);
        assertThat(outcome).containsExactly("at 0");
        MemoryDisk disk = cluster.powerOff(2, 7);
        cluster.controller.lose(2);
        cluster.start(2, disk);
        cluster.controller.elect(TOPIC, 0, 2, 2);
        cluster.advanceMs(100);
        assertThat(values(2)).containsExactly("a");
    }

    @Test
    void r18ReplicaThatIsMovedAwayIsDeletedAndANewOneIsFilled() {
        cluster.controller.createTopic(TOPIC, 1, Map.of(), 1, 2);
        cluster.advanceMs(100);
        append(1, true, "a");
        cluster.advanceMs(1_000);
        cluster.controller.assign(TOPIC, 0, 1, 2, 3);
        cluster.advanceMs(1_000);
        assertThat(values(3)).containsExactly("a");
        assertThat(isr()).containsExactly(1, 2, 3);
        cluster.controller.inSync(TOPIC, 0, 1, 3);
        cluster.controller.assign(TOPIC, 0, 1, 3);
        cluster.advanceMs(1_000);
        assertThat(cluster.engine(2).partitions().find(TOPIC, 0)).isNull();
        cluster.controller.assign(TOPIC, 0, 1, 3, 2);
        cluster.advanceMs(1_000);
        assertThat(values(2)).containsExactly("a");
    }

    @Test
    void leaderThatComesBackInAnotherRegistrationIsFollowedAgain() {
        topic(1, 1, 2);
        append(1, true, "a");
        cluster.advanceMs(1_000);
        MemoryDisk disk = cluster.kill(1);
        cluster.controller.lose(1);
        cluster.advanceMs(5_000);
        cluster.start(1, disk);
        cluster.controller.elect(TOPIC, 0, 1, 1, 2);
        cluster.advanceMs(100);
        List<String> outcome = append(1, true, "b");
        cluster.advanceMs(1_000);
        assertThat(outcome).containsExactly("at 1");
        assertThat(values(2)).containsExactly("a", "b");
    }

    @Test
    void newPartitionIsFetchedThoughAFetchForOthersIsWaiting() {
        topic(1, 1, 2);
        cluster.advanceMs(5_000);
        cluster.controller.createTopic("second", 1, Map.of(), 1, 2);
        cluster.advanceMs(1);
        List<String> outcome = cluster.append(1, "second", 0, true, "a");
        cluster.advanceMs(50);
        assertThat(outcome).containsExactly("at 0");
    }

    @Test
    void idleFollowerAsksTwiceASecond() {
        topic(1, 1, 2);
        cluster.advanceMs(5_000);
        long before = cluster.links.fetches();
        cluster.advanceMs(10_000);
        assertThat(cluster.links.fetches() - before).isBetween(15L, 25L);
    }

    private static ReadError refusal(ReadOutcome outcome) {
        return ((ReadOutcome.Refused) outcome).error();
    }
}
