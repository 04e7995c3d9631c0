package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.BatchHeader;
import io.sluice.log.BatchRules;
import io.sluice.log.Batches;
import io.sluice.log.LogConfig;
import io.sluice.log.LogException;
import io.sluice.log.MemoryDisk;
import io.sluice.log.StoreException;
import io.sluice.log.StoreFixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A follower whose leader is the test: what it asks, and what it makes of the answers. */
class ReplicaFetcherTest {
    private static final LogConfig EVERY_MESSAGE = LogConfig.DEFAULTS.withFlush(new LogConfig.Flush(1, Long.MAX_VALUE));
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final MemoryDisk disk = new MemoryDisk();
    private final StoreFixture fixture = StoreFixture.open(disk, Path.of("/data"));
    private final ScriptedLinks links = new ScriptedLinks();
    private final ReplicationThrottles throttles = TestPorts.unthrottled(fixture.loop);
    private final HomeReplicas replicas = new HomeReplicas(
            fixture.loop,
            new HomeReplicas.Setting(
                    new ReplicaSettings(10_000, 500, 1, 1_000, 10_000, 1_000),
                    new ReplicaFetcher.Follower(1, () -> 11L),
                    links,
                    new TestPorts(),
                    throttles));
    private Partition partition = partition(LogConfig.DEFAULTS);

    ReplicaFetcherTest() throws StoreException, LogException {
        replicas.brokersChanged(new TreeMap<>(Map.of(
                2,
                new BrokerInfo(2, 12, List.of(), Optional.empty()),
                3,
                new BrokerInfo(3, 13, List.of(), Optional.empty()))));
    }

    private Partition partition(LogConfig log) throws LogException {
        return new Partition(
                fixture.log(log),
                new PartitionConfig(log, BatchRules.DEFAULTS, 1),
                new ReplicaPorts(1, id -> id * 10L, replicas, (proposer, change) -> {}, throttles.leading()));
    }

    private void lead(int leader, int epoch) {
        partition.follow(new PartitionImage(leader, epoch, BrokerIds.of(1, 2, 3), BrokerIds.of(leader), epoch));
        fixture.loop.runAll();
    }

    /** A batch as a leader has it. */
    private static ByteBuffer batch(long base, int epoch, String... values) {
        ByteBuffer batch = Batches.of(1_700_000_000_000L, values);
        BatchHeader.baseOffset(batch, 0, base);
        BatchHeader.leaderEpoch(batch, 0, epoch);
        return batch;
    }

    private void answer(
            Optional<ReadError> error, long highWatermark, long start, Optional<EpochEndOffset> end, ByteBuffer bytes) {
        links.answer(new ReplicaAnswer.Fetched(
                List.of(new ReplicaAnswer.Part(partition.ref(), error, highWatermark, start, end, bytes))));
        fixture.loop.runAll();
    }

    private void records(ByteBuffer bytes) {
        answer(Optional.empty(), 0, 0, Optional.empty(), bytes);
    }

    private void error(ReadError error) {
        answer(Optional.of(error), -1, 0, Optional.empty(), NOTHING);
    }

    private ReplicaFetch.Position asked() {
        return links.last().changed().get(0);
    }

    private List<String> values() throws Exception {
        return StoreFixture.readAll(partition.log(), partition.startOffset(), 1000);
    }

    @Test
    void fetchSaysWhereTheLogStands() {
        lead(2, 5);
        records(batch(0, 3, "a", "b"));
        assertThat(asked().leaderEpoch()).isEqualTo(5);
        assertThat(asked().offset()).isEqualTo(2);
        assertThat(asked().lastEpoch()).isEqualTo(3);
        assertThat(links.last().brokerEpoch()).isEqualTo(11);
    }

    @Test
    void fetchWaitsOnlyShortlyWhileMorePartitionsMayCome() {
        lead(2, 5);
        assertThat(links.last().maxWaitMs()).isEqualTo(20);
        fixture.loop.advanceMs(1_000);
        records(NOTHING);
        assertThat(links.last().maxWaitMs()).isEqualTo(500);
    }

    @Test
    void fetchThatWaitsLongIsGivenUpForANewPartition() {
        lead(2, 5);
        fixture.loop.advanceMs(1_000);
        records(NOTHING);
        lead(3, 6);
        lead(2, 7);
        fixture.loop.advanceMs(10);
        assertThat(links.last().changed()).hasSize(1);
        assertThat(asked().leaderEpoch()).isEqualTo(7);
        assertThat(links.leaders).containsExactly(2, 3, 2);
    }

    @Test
    void nextFetchNamesOnlyWhatHasChanged() {
        lead(2, 5);
        records(NOTHING);
        assertThat(links.last().changed()).isEmpty();
        assertThat(links.asked).hasSize(2);
    }

    @Test
    void failedLinkMakesTheNextFetchNameEverything() {
        lead(2, 5);
        records(NOTHING);
        links.answer(new ReplicaAnswer.Failed("gone"));
        fixture.loop.runAll();
        assertThat(links.asked).as("not at once").hasSize(2);
        fixture.loop.advanceMs(20);
        assertThat(links.last().changed()).hasSize(1);
    }

    @Test
    void r9AnswerThatComesAfterThisBrokerLeadsIsNotAppended() throws Exception {
        lead(2, 5);
        lead(1, 6);
        records(batch(0, 5, "late"));
        assertThat(values()).isEmpty();
        assertThat(partition.leadership().leading()).isTrue();
    }

    @Test
    void r9AnswerOfAnEarlierTermIsNotAppended() throws Exception {
        lead(2, 5);
        lead(2, 6);
        records(batch(0, 5, "late"));
        assertThat(values()).isEmpty();
        assertThat(asked().leaderEpoch()).isEqualTo(6);
    }

    @Test
    void partitionThatIsFollowedNoMoreIsForgotten() {
        lead(2, 5);
        lead(3, 6);
        assertThat(links.leaders).containsExactly(2, 3);
        links.answers.get(0).take(new ReplicaAnswer.Fetched(List.of()));
        fixture.loop.runAll();
        assertThat(links.asked).as("nothing is left to ask broker 2").hasSize(2);
    }

    @Test
    void r10BatchWithABadChecksumStopsThePartitionAndCutsNothing() throws Exception {
        lead(2, 5);
        records(batch(0, 5, "a"));
        ByteBuffer bad = batch(1, 5, "b");
        bad.put(bad.limit() - 1, (byte) (bad.get(bad.limit() - 1) ^ 1));
        records(bad);
        assertThat(values()).containsExactly("a");
        fixture.loop.advanceMs(999);
        int before = links.asked.size();
        fixture.loop.advanceMs(1);
        assertThat(links.asked).hasSize(before + 1);
        assertThat(asked().offset()).isEqualTo(1);
    }

    @Test
    void r10BatchThatLeavesAGapOrGoesBackInEpochIsNotTaken() throws Exception {
        lead(2, 5);
        records(batch(0, 5, "a"));
        records(batch(7, 5, "gap"));
        fixture.loop.advanceMs(1_000);
        records(batch(1, 4, "older"));
        assertThat(values()).containsExactly("a");
    }

    @Test
    void r7DivergingLogIsCutAndAskedAgain() throws Exception {
        lead(2, 5);
        records(batch(0, 3, "a"));
        records(batch(1, 4, "x", "y"));
        answer(Optional.empty(), 1, 0, Optional.of(new EpochEndOffset(3, 2)), NOTHING);
        assertThat(values()).containsExactly("a");
        assertThat(asked().offset()).isEqualTo(1);
        assertThat(asked().lastEpoch()).isEqualTo(3);
    }

    @Test
    void r9TermThatBeginsWhileTheLogIsCutWaitsForTheCut() throws Exception {
        lead(2, 5);
        records(batch(0, 3, "a"));
        records(batch(1, 4, "x"));
        links.answer(new ReplicaAnswer.Fetched(List.of(new ReplicaAnswer.Part(
                partition.ref(), Optional.empty(), 1, 0, Optional.of(new EpochEndOffset(3, 1)), NOTHING))));
        partition.follow(new PartitionImage(1, 6, BrokerIds.of(1, 2, 3), BrokerIds.of(1), 6));
        assertThat(partition.leadership().leading()).isFalse();
        fixture.loop.runAll();
        assertThat(partition.leadership().leading()).isTrue();
        assertThat(values()).containsExactly("a");
        assertThat(partition.log().endOfEpoch(5).endOffset()).isEqualTo(1);
    }

    @Test
    void r11LogBelowTheLeadersStartBeginsAnew() throws Exception {
        lead(2, 5);
        records(batch(0, 5, "a"));
        answer(Optional.of(ReadError.OFFSET_OUT_OF_RANGE), 90, 50, Optional.empty(), NOTHING);
        assertThat(asked().offset()).isEqualTo(50);
        assertThat(asked().lastEpoch()).isEqualTo(-1);
        records(batch(50, 5, "b"));
        assertThat(values()).containsExactly("b");
    }

    @Test
    void r5HighWatermarkIsNotBeyondTheEndWhileTheLogBeginsAnew() {
        lead(2, 5);
        records(batch(0, 5, "a"));
        List<Long> endWhenTold = new ArrayList<>();
        ReadWaiter reader = new ReadWaiter() {
            @Override
            protected void wake() {
                endWhenTold.add(partition.endOffset());
            }
        };
        partition.subscribe(reader);
        fixture.loop.runAll();
        reader.arm(10);

        answer(Optional.of(ReadError.OFFSET_OUT_OF_RANGE), 90, 50, Optional.empty(), NOTHING);

        assertThat(partition.highWatermark()).isEqualTo(50);
        assertThat(endWhenTold).containsExactly(50L);
    }

    @Test
    void r11LeadersStartInsideOfABatchBringsTheWholeBatch() throws Exception {
        lead(2, 5);
        answer(Optional.of(ReadError.OFFSET_OUT_OF_RANGE), 53, 51, Optional.empty(), NOTHING);
        answer(Optional.empty(), 53, 51, Optional.empty(), batch(50, 5, "a", "b", "c"));
        assertThat(partition.log().endOffset()).isEqualTo(53);
        assertThat(partition.startOffset()).isEqualTo(51);
        assertThat(asked().offset()).isEqualTo(53);
    }

    @Test
    void r5HighWatermarkIsTheLeadersButNotBeyondTheOwnEnd() {
        lead(2, 5);
        answer(Optional.empty(), 9, 0, Optional.empty(), batch(0, 5, "a", "b"));
        assertThat(partition.highWatermark()).isEqualTo(2);
        answer(Optional.empty(), 1, 0, Optional.empty(), NOTHING);
        assertThat(partition.highWatermark()).isEqualTo(2);
    }

    @Test
    void leaderThatDoesNotKnowOfItsEpochYetIsAskedAgainSoon() {
        lead(2, 5);
        error(ReadError.UNKNOWN_LEADER_EPOCH);
        assertThat(links.asked).hasSize(1);
        fixture.loop.advanceMs(20);
        assertThat(links.asked).hasSize(2);
        assertThat(links.last().changed()).hasSize(1);
    }

    @Test
    void partitionThatRestedAloneInTheSessionIsNotForgottenWhenItIsAskedForAgain() {
        lead(2, 5);
        error(ReadError.STORAGE_FAILED);
        assertThat(links.asked).hasSize(1);
        fixture.loop.advanceMs(1_000);
        assertThat(links.asked).hasSize(2);
        assertThat(asked().partition()).isEqualTo(partition.ref());
        assertThat(links.last().forgotten()).isEmpty();
    }

    @Test
    void flushMessagesOneAsksFurtherOnlyWhenTheDiskHasIt() throws Exception {
        partition = partition(EVERY_MESSAGE);
        List<Integer> askedAtSync = new ArrayList<>();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                askedAtSync.add(links.asked.size());
            }
        });
        lead(2, 5);
        records(batch(0, 5, "a"));
        assertThat(askedAtSync).containsExactly(1);
        assertThat(links.asked).hasSize(2);
        assertThat(asked().offset()).isEqualTo(1);
    }

    @Test
    void s9FullDiskStopsTheReplicaUntilThereIsRoom() throws Exception {
        lead(2, 5);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.WRITE && path.toString().endsWith(".log")) {
                throw new IOException("No space left on device");
            }
        });
        records(batch(0, 5, "a"));
        disk.faults(MemoryDisk.Faults.NONE);
        assertThat(values()).isEmpty();
        assertThat(partition.log().endOffset()).isZero();
    }

    /** Links whose far end is the test. */
    private static final class ScriptedLinks implements ReplicaLinks {
        private final List<ReplicaFetch> asked = new ArrayList<>();
        private final List<ReplicaLink.Answer> answers = new ArrayList<>();
        private final List<Integer> leaders = new ArrayList<>();

        @Override
        public ReplicaLink open(Loop loop, BrokerInfo leader) {
            leaders.add(leader.id());
            return new ReplicaLink() {
                @Override
                public void fetch(ReplicaFetch request, Answer answer) {
                    asked.add(request);
                    answers.add(answer);
                }

                @Override
                public void close() {
                    // An answer that comes all the same must do no harm, so nothing is held back.
                }
            };
        }

        private ReplicaFetch last() {
            return asked.get(asked.size() - 1);
        }

        private void answer(ReplicaAnswer answer) {
            answers.get(answers.size() - 1).take(answer);
        }
    }
}
