package io.sluice.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.LogId;
import io.sluice.log.LogPosition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeaderStateTest {
    private static final int EPOCH = 5;
    private static final long LAG_MAX_MS = 30_000;
    private static final LogId ID = new LogId(new UUID(1, 2), "topic", 0);

    private final Map<Integer, Long> registered = new TreeMap<>(Map.of(1, 101L, 2, 102L, 3, 103L));
    private final Set<Integer> leaving = new TreeSet<>();
    private final BrokerEpochs epochs = new BrokerEpochs() {
        @Override
        public long of(int brokerId) {
            return registered.getOrDefault(brokerId, NONE);
        }

        @Override
        public boolean isLeaving(int brokerId) {
            return leaving.contains(brokerId);
        }
    };
    private long now = 1_000_000;
    private LeaderState leader = leader(1, 100, 1, 2, 3);

    /** Broker 1 leads, with everybody in sync as given, and its log ends at {@code end}. */
    private LeaderState leader(int minInSync, long end, int... isr) {
        return leaderKnowing(0, minInSync, end, isr);
    }

    private LeaderState leaderKnowing(long highWatermark, int minInSync, long end, int... isr) {
        return new LeaderState(
                new LeaderState.Term(1, ID, EPOCH, end), image(7, isr), minInSync, at(end), at(highWatermark), now);
    }

    private static PartitionImage image(int partitionEpoch, int... isr) {
        return imageOf(EPOCH, partitionEpoch, isr);
    }

    private static PartitionImage imageOf(int leaderEpoch, int partitionEpoch, int... isr) {
        return new PartitionImage(1, leaderEpoch, BrokerIds.of(1, 2, 3), BrokerIds.of(isr), partitionEpoch);
    }

    private static LogPosition at(long offset) {
        return new LogPosition(offset, 0, offset * 10);
    }

    private boolean fetch(int broker, long offset, long leaderEnd) {
        return leader.fetched(broker, registered.get(broker), EPOCH, at(offset), leaderEnd, now, epochs);
    }

    private Optional<IsrChange> join(int broker) {
        return leader.joinAfterFetch(broker, now, epochs);
    }

    private long highWatermark() {
        return leader.highWatermark().offset();
    }

    private static List<Integer> members(Optional<IsrChange> change) {
        return change.orElseThrow().isr().stream()
                .map(IsrChange.Member::brokerId)
                .toList();
    }

    @Test
    void r2HighWatermarkIsTheSmallestEndOfTheInSyncReplicas() {
        assertThat(fetch(2, 90, 100)).isFalse();
        assertThat(fetch(3, 95, 100)).isTrue();
        assertThat(highWatermark()).isEqualTo(90);
        assertThat(fetch(2, 100, 100)).isTrue();
        assertThat(highWatermark()).isEqualTo(95);
    }

    @Test
    void r2HighWatermarkOfALoneReplicaIsItsEnd() {
        leader = leader(1, 100, 1);
        assertThat(leader.localEnd(at(100))).isTrue();
        assertThat(highWatermark()).isEqualTo(100);
    }

    @Test
    void r2HighWatermarkWaitsForTheFollowerThatIsBeingAdded() {
        leader = leader(1, 100, 1, 2);
        fetch(2, 100, 100);
        fetch(3, 100, 100);
        assertThat(members(join(3))).containsExactly(1, 2, 3);
        leader.localEnd(at(110));
        fetch(2, 110, 110);
        assertThat(highWatermark()).isEqualTo(100);
        fetch(3, 110, 110);
        assertThat(highWatermark()).isEqualTo(110);
    }

    @Test
    void r2HighWatermarkStandsWhileTooFewAreInSync() {
        leader = leader(2, 100, 1);
        assertThat(leader.localEnd(at(120))).isFalse();
        assertThat(highWatermark()).isZero();
        fetch(2, 120, 120);
        join(2);
        assertThat(highWatermark()).as("not while the join is not committed").isZero();
        assertThat(leader.decided(image(8, 1, 2))).isTrue();
        assertThat(highWatermark()).isEqualTo(120);
    }

    @Test
    void r2HighWatermarkNeverGoesBackWhenAFollowerDoes() {
        fetch(2, 100, 100);
        fetch(3, 100, 100);
        assertThat(fetch(3, 40, 100)).isFalse();
        assertThat(highWatermark()).isEqualTo(100);
    }

    @Test
    void r1AcksAllNeedEnoughReplicasInTheCommittedSet() {
        leader = leader(2, 100, 1, 2);
        assertThat(leader.enoughInSync()).isTrue();
        leader.decided(image(8, 1));
        assertThat(leader.enoughInSync()).isFalse();
    }

    @Test
    void r1NoMoreReplicasAreAskedForThanThereAre() {
        leader = leader(5, 100, 1, 2, 3);
        assertThat(leader.requiredInSync()).isEqualTo(3);
        assertThat(leader.enoughInSync()).isTrue();
    }

    @Test
    void r3LaggingFollowerHoldsTheHighWatermarkUntilItsRemovalIsCommitted() {
        fetch(3, 100, 100);
        now += LAG_MAX_MS + 1;
        leader.localEnd(at(110));
        fetch(3, 110, 110);
        assertThat(members(leader.tick(now, LAG_MAX_MS, epochs))).containsExactly(1, 3);
        fetch(3, 110, 110);
        assertThat(highWatermark()).isZero();
        assertThat(leader.decided(image(8, 1, 3))).isTrue();
        assertThat(highWatermark()).isEqualTo(110);
    }

    @Test
    void r3OneChangeIsUnderWayAtATime() {
        leader = leader(1, 100, 1);
        fetch(2, 100, 100);
        fetch(3, 100, 100);
        assertThat(join(2)).isPresent();
        assertThat(join(3)).isEmpty();
        now += LAG_MAX_MS + 1;
        assertThat(leader.tick(now, LAG_MAX_MS, epochs)).isEmpty();
    }

    @Test
    void r3PendingChangeStaysTillItIsSettled() {
        leader = leader(1, 100, 1);
        fetch(2, 100, 100);
        IsrChange change = join(2).orElseThrow();
        leader.decided(image(7, 1));
        leader.decided(imageOf(EPOCH - 1, 9, 1));
        assertThat(leader.pending()).contains(change);
        leader.decided(image(8, 1));
        assertThat(leader.pending()).isEmpty();
    }

    @Test
    void r3ChangeRefusedForGoodNoLongerHoldsTheHighWatermarkAndIsNotAskedForAgainAtOnce() {
        leader = leader(1, 100, 1);
        fetch(2, 100, 100);
        join(2);
        leader.localEnd(at(110));
        assertThat(highWatermark()).isEqualTo(100);
        assertThat(leader.refusedForGood(now)).isTrue();
        assertThat(highWatermark()).isEqualTo(110);
        fetch(2, 110, 110);
        assertThat(join(2)).isEmpty();
        now += 1_001;
        assertThat(join(2)).isPresent();
    }

    @Test
    void r4FollowerBelowTheHighWatermarkDoesNotJoin() {
        leader = leader(1, 100, 1);
        leader.localEnd(at(150));
        fetch(2, 149, 150);
        assertThat(join(2)).isEmpty();
        fetch(2, 150, 150);
        assertThat(members(join(2))).containsExactly(1, 2);
    }

    @Test
    void r4FollowerBelowTheStartOfTheEpochDoesNotJoinThoughTheHighWatermarkIsLower() {
        leader = leaderKnowing(40, 1, 100, 1, 3);
        fetch(2, 60, 100);
        assertThat(join(2)).isEmpty();
        fetch(2, 100, 100);
        assertThat(join(2)).isPresent();
    }

    @Test
    void r4ReplicaThatWasRemovedAndAddedAgainBeginsWithNothing() {
        fetch(2, 100, 100);
        leader.decided(new PartitionImage(1, EPOCH, BrokerIds.of(1, 3), BrokerIds.of(1, 3), 8));
        leader.decided(image(9, 1, 3));
        assertThat(join(2)).isEmpty();
    }

    @Test
    void r4ReplicaThatBeganAnewCountsForWhatItHasNow() {
        leader = leader(1, 100, 1);
        leader.localEnd(at(100));
        fetch(2, 100, 100);
        fetch(2, 0, 100);
        assertThat(join(2)).isEmpty();
    }

    @Test
    void r8FetchOfAnotherLeaderEpochDoesNotCount() {
        leader.fetched(2, 102, EPOCH - 1, at(100), 100, now, epochs);
        fetch(3, 100, 100);
        assertThat(highWatermark()).isZero();
    }

    @Test
    void r13FetchUnderAnotherRegistrationDoesNotCount() {
        leader = leader(1, 100, 1);
        leader.fetched(2, 99, EPOCH, at(100), 100, now, epochs);
        leader.fetched(2, BrokerEpochs.NONE, EPOCH, at(100), 100, now, epochs);
        assertThat(join(2)).isEmpty();
    }

    @Test
    void r20FollowerThatIsLeavingDoesNotJoinButCountsWhileItIsInSync() {
        leader = leader(1, 100, 1, 2);
        leaving.add(2);
        leaving.add(3);
        fetch(3, 100, 100);
        assertThat(join(3)).isEmpty();
        assertThat(fetch(2, 100, 100)).as("the high watermark moves").isTrue();

        leaving.remove(3);
        assertThat(join(3)).isPresent();
    }

    @Test
    void r13FollowerThatRegisteredAnewSinceItsFetchDoesNotJoin() {
        leader = leader(1, 100, 1);
        fetch(2, 100, 100);
        registered.put(2, 202L);
        assertThat(join(2)).isEmpty();
        fetch(2, 100, 100);
        assertThat(join(2).orElseThrow().isr())
                .containsExactly(new IsrChange.Member(1, 101), new IsrChange.Member(2, 202));
    }

    @Test
    void changeNamesTheStateItStartsFrom() {
        leader = leader(1, 100, 1);
        fetch(2, 100, 100);
        IsrChange change = join(2).orElseThrow();
        assertThat(change.leaderEpoch()).isEqualTo(EPOCH);
        assertThat(change.partitionEpoch()).isEqualTo(7);
        assertThat(change.topicId()).isEqualTo(ID.topicId());
    }

    @Test
    void r23OlderStateIsIgnored() {
        leader.decided(image(9, 1, 2));
        leader.decided(image(8, 1, 2, 3));
        assertThat(leader.committedIsr()).containsExactly(1, 2);
    }

    @Test
    void followerThatNeverFetchesLeavesAfterTheLagTime() {
        now += LAG_MAX_MS;
        assertThat(leader.tick(now, LAG_MAX_MS, epochs)).isEmpty();
        now++;
        assertThat(members(leader.tick(now, LAG_MAX_MS, epochs))).containsExactly(1);
    }

    @Test
    void followerThatReachesTheEndOfThePreviousFetchDoesNotLag() {
        long end = 100;
        for (int i = 0; i < 20; i++) {
            now += 4_000;
            fetch(2, end, end + 50);
            fetch(3, end + 50, end + 50);
            end += 50;
            leader.localEnd(at(end));
        }
        assertThat(leader.tick(now, LAG_MAX_MS, epochs)).isEmpty();
    }

    @Test
    void followerThatFallsEverFurtherBehindLags() {
        long end = 100;
        for (int i = 0; i < 20; i++) {
            now += 4_000;
            fetch(2, 100 + i, end + 50);
            fetch(3, end + 50, end + 50);
            end += 50;
            leader.localEnd(at(end));
        }
        assertThat(members(leader.tick(now, LAG_MAX_MS, epochs))).containsExactly(1, 3);
    }

    @Test
    void idleFollowerAtTheEndDoesNotLag() {
        fetch(2, 100, 100);
        fetch(3, 100, 100);
        now += 10 * LAG_MAX_MS;
        assertThat(leader.tick(now, LAG_MAX_MS, epochs)).isEmpty();
    }

    @Test
    void loweredMinimumLetsTheHighWatermarkMove() {
        leader = leader(2, 100, 1);
        assertThat(leader.minInSync(1)).isTrue();
        assertThat(highWatermark()).isEqualTo(100);
    }

    @Test
    void carriedOverHighWatermarkGetsItsPlaceInTheFile() {
        leader = new LeaderState(
                new LeaderState.Term(1, ID, EPOCH, 100), image(7, 1), 1, at(100), new LogPosition(100, -1, -1), now);
        assertThat(leader.localEnd(at(100))).isTrue();
        assertThat(leader.highWatermark()).isEqualTo(at(100));
    }
}
