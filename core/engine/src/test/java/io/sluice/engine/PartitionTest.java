package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.Refusal;
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
import org.junit.jupiter.api.Test;

class PartitionTest {
    private static final LogConfig EVERY_MESSAGE = LogConfig.DEFAULTS.withFlush(new LogConfig.Flush(1, Long.MAX_VALUE));

    private final MemoryDisk disk = new MemoryDisk();
    private final List<String> heard = new ArrayList<>();

    private final StoreFixture fixture = StoreFixture.open(disk, Path.of("/data"));
    private Partition partition = partition(LogConfig.DEFAULTS, 1);

    PartitionTest() throws StoreException, LogException {}

    /** A partition of three replicas whose leader, this broker, is alone in sync. */
    private Partition partition(LogConfig log, int minInSync) throws LogException {
        return partition(fixture, log, minInSync);
    }

    private static Partition partition(StoreFixture on, LogConfig log, int minInSync) throws LogException {
        Partition partition = new Partition(
                on.log(log), new PartitionConfig(log, BatchRules.DEFAULTS, minInSync), TestPorts.alone(1));
        partition.follow(led(1, 5, 1));
        return partition;
    }

    private static PartitionImage led(int leader, int epoch, int... isr) {
        return new PartitionImage(leader, epoch, BrokerIds.of(1, 2, 3), BrokerIds.of(isr), 1);
    }

    private void append(ByteBuffer batch, boolean allReplicas, String name) {
        partition.append(batch, allReplicas ? AcksWanted.all(30_000) : AcksWanted.LEADER, new AppendListener() {
            @Override
            public void appended(long baseOffset, long appendTimeMs, long logStartOffset) {
                heard.add(name + "@" + baseOffset);
            }

            @Override
            public void refused(AppendError error, String message) {
                heard.add(name + " " + error);
            }
        });
    }

    @Test
    void r1AcksComeWhenTheHighWatermarkHasPassedTheBatch() {
        append(Batches.of(1_700_000_000_000L, "a", "b"), true, "one");
        append(Batches.of(1_700_000_000_000L, "c"), false, "two");
        assertThat(heard).isEmpty();
        assertThat(partition.highWatermark()).isZero();
        fixture.loop.runAll();
        assertThat(heard).containsExactlyInAnyOrder("one@0", "two@2");
        assertThat(partition.highWatermark()).isEqualTo(3);
    }

    @Test
    void r1TooFewReplicasInSyncRefuseAcksAllOnly() throws LogException {
        partition = partition(LogConfig.DEFAULTS, 2);
        append(Batches.of(1_700_000_000_000L, "a"), true, "all");
        append(Batches.of(1_700_000_000_000L, "b"), false, "leader");
        fixture.loop.runAll();
        assertThat(heard).containsExactly("all NOT_ENOUGH_REPLICAS", "leader@0");
    }

    @Test
    void appendsOfOneTurnAreOneWrite() {
        int[] writes = {0};
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.WRITE && path.toString().endsWith(".log")) {
                writes[0]++;
            }
        });
        for (int i = 0; i < 20; i++) {
            append(Batches.of(1_700_000_000_000L, "m" + i), true, "m" + i);
        }
        fixture.loop.runAll();
        assertThat(heard).hasSize(20);
        assertThat(writes[0]).isEqualTo(1);
    }

    @Test
    void r5NothingIsReadBeyondTheHighWatermarkAndThatIsNotOutOfRange() {
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        assertThat(partition.read(0, 1000, true, -1)).isInstanceOf(ReadOutcome.Nothing.class);
        fixture.loop.runAll();
        ReadOutcome read = partition.read(0, 1000, true, -1);
        assertThat(read).isInstanceOf(ReadOutcome.Data.class);
        ((ReadOutcome.Data) read).slice().close();
        assertThat(partition.read(1, 1000, true, -1)).isInstanceOf(ReadOutcome.Nothing.class);
        assertThat(refusal(partition.read(2, 1000, true, -1))).isEqualTo(ReadError.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void r8RequestsOfAnotherLeaderEpochAreFenced() {
        assertThat(refusal(partition.read(0, 1000, true, 4))).isEqualTo(ReadError.FENCED_LEADER_EPOCH);
        assertThat(refusal(partition.read(0, 1000, true, 6))).isEqualTo(ReadError.UNKNOWN_LEADER_EPOCH);
        assertThat(partition.read(0, 1000, true, 5)).isInstanceOf(ReadOutcome.Nothing.class);
    }

    @Test
    void r23OlderLeadershipIsIgnored() {
        partition.follow(led(2, 4, 2));
        assertThat(partition.leadership().leading()).isTrue();
    }

    @Test
    void r3OnlyARefusalThatNoLateAttemptCanContradictSettlesAChange() throws LogException {
        TestPorts ports = new TestPorts();
        PartitionConfig config = new PartitionConfig(LogConfig.DEFAULTS, BatchRules.DEFAULTS, 1);
        partition = new Partition(fixture.log(LogConfig.DEFAULTS), config, ports.ports(1));
        partition.follow(led(1, 5, 1));
        partition.readForReplica(2, 20, new ReplicaFetch.Position(partition.ref(), 5, 0, -1, 0, 1000), true);
        IsrChange change = ports.proposed.get(0);
        for (Refusal reason : Refusal.values()) {
            if (reason != Refusal.INELIGIBLE_REPLICA) {
                assertThat(partition.isrAnswered(change, Outcome.refused(reason, "no")))
                        .as("%s", reason)
                        .isFalse();
            }
        }
        assertThat(partition.isPending(change)).isTrue();
        assertThat(partition.isrAnswered(change, Outcome.refused(Refusal.INELIGIBLE_REPLICA, "it has died")))
                .isTrue();
        assertThat(partition.isPending(change)).isFalse();
    }

    @Test
    void r2AppendsThatALoneReplicaHasNotWrittenAreNotAcknowledgedInItsNextTerm() {
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        partition.follow(led(1, 6, 1, 2));
        fixture.loop.runAll();
        assertThat(heard).isEmpty();
        assertThat(partition.highWatermark()).isZero();
    }

    @Test
    void acksOneDuplicateOfABatchThatWaitsForReplicasIsAcknowledged() throws LogException {
        partition.follow(led(1, 6, 1, 2));
        append(Batches.from(7, 0, 0, "a"), false, "original");
        fixture.loop.runAll();
        append(Batches.from(7, 0, 0, "a"), false, "duplicate");
        assertThat(heard).containsExactly("original@0", "duplicate@0");
        assertThat(partition.highWatermark()).isZero();
    }

    @Test
    void lostLeadershipEndsWaitingAppendsAndReads() {
        int[] woken = {0};
        ReadWaiter waiter = new ReadWaiter() {
            @Override
            protected void wake() {
                woken[0]++;
            }
        };
        waiter.arm(0);
        partition.subscribe(waiter);
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        partition.follow(led(2, 6, 2));
        append(Batches.of(1_700_000_000_000L, "b"), true, "two");
        assertThat(heard).containsExactly("one LOST_LEADERSHIP_AFTER_APPEND", "two NOT_LEADER");
        assertThat(woken[0]).isEqualTo(1);
    }

    @Test
    void t1DuplicateOfAWaitingBatchIsAcknowledgedWithItsOriginal() {
        append(Batches.from(7, 0, 0, "a"), true, "original");
        append(Batches.from(7, 0, 0, "a"), true, "duplicate");
        assertThat(heard).isEmpty();
        fixture.loop.runAll();
        assertThat(heard).containsExactly("original@0", "duplicate@0");
        append(Batches.from(7, 0, 0, "a"), true, "late");
        assertThat(heard).last().isEqualTo("late@0");
        assertThat(partition.highWatermark()).isEqualTo(1);
    }

    @Test
    void t2GapInTheSequenceIsRefused() {
        append(Batches.from(7, 0, 0, "a"), true, "first");
        append(Batches.from(7, 0, 2, "c"), true, "third");
        fixture.loop.runAll();
        assertThat(heard).containsExactly("third OUT_OF_ORDER_SEQUENCE", "first@0");
    }

    @Test
    void flushMessagesOneAcknowledgesAndShowsNothingBeforeTheFsync() throws LogException {
        partition = partition(EVERY_MESSAGE, 1);
        List<String> order = new ArrayList<>();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                order.add("sync hw=" + partition.highWatermark() + " acks=" + heard.size());
            }
        });
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        fixture.loop.runAll();
        assertThat(order).first().isEqualTo("sync hw=0 acks=0");
        assertThat(heard).containsExactly("one@0");
    }

    @Test
    void flushMessagesOneShowsWhatAKilledProcessWroteOnlyAfterItsFsync() throws Exception {
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        fixture.loop.runAll();
        StoreFixture again = StoreFixture.open(disk.afterKill(), Path.of("/data"));
        Partition reopened = partition(again, EVERY_MESSAGE, 1);
        assertThat(reopened.highWatermark()).isZero();
        again.loop.runAll();
        assertThat(reopened.highWatermark()).isEqualTo(1);
    }

    @Test
    void s8FailedFsyncIsToldAndEndsTheFolder() throws LogException {
        partition = partition(EVERY_MESSAGE, 1);
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.SYNC && path.toString().endsWith(".log")) {
                throw new IOException("Input/output error");
            }
        });
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        fixture.loop.runAll();
        disk.faults(MemoryDisk.Faults.NONE);
        append(Batches.of(1_700_000_000_000L, "b"), true, "two");
        fixture.loop.runAll();
        assertThat(heard).containsExactly("one STORAGE_FAILED_AFTER_APPEND", "two STORAGE_FAILED");
        assertThat(partition.highWatermark()).isZero();
    }

    @Test
    void s9FullDiskRefusesWhatIsGoneAndKeepsWhatIsWritten() {
        append(Batches.of(1_700_000_000_000L, "a"), true, "one");
        fixture.loop.runAll();
        disk.faults((op, path) -> {
            if (op == MemoryDisk.Op.WRITE && path.toString().endsWith(".log")) {
                throw new IOException("No space left on device");
            }
        });
        append(Batches.of(1_700_000_000_000L, "b"), true, "two");
        fixture.loop.runAll();
        assertThat(heard).containsExactly("one@0", "two DISK_FULL");
        assertThat(partition.highWatermark()).isEqualTo(1);
    }

    private static ReadError refusal(ReadOutcome outcome) {
        return ((ReadOutcome.Refused) outcome).error();
    }
}
