package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A follower's log takes what its leader's log holds, and nothing else. */
class ReplicatedAppendTest {
    private static final Path FOLDER = Path.of("/data");

    private final MemoryDisk leaderDisk = new MemoryDisk();
    private final MemoryDisk disk = new MemoryDisk();

    private static PartitionLog leader(MemoryDisk disk) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        for (int i = 0; i < 6; i++) {
            log.stage(Batches.from(7, 0, 2 * i, "a-" + i, "b-" + i), i / 2, 1_000 + i);
        }
        log.write();
        return log;
    }

    /** The batches of a log, each in a buffer of its own. */
    private static List<ByteBuffer> batches(PartitionLog log) throws Exception {
        List<ByteBuffer> batches = new ArrayList<>();
        try (LogSlice slice = log.read(log.startOffset(), 1 << 20, log.endPosition(), true)) {
            ByteBuffer all = ByteBuffer.allocate(slice.bytes());
            slice.readInto(all, 0);
            all.flip();
            for (int at = 0; at < all.limit(); ) {
                int size = BatchHeader.wholeBatchSize(all, at, all.limit());
                batches.add(ByteBuffer.allocate(size).put(0, all, at, size));
                at += size;
            }
        }
        return batches;
    }

    private static Staged.Reason refusal(Staged staged) {
        assertThat(staged).isInstanceOf(Staged.Refused.class);
        return ((Staged.Refused) staged).reason();
    }

    private byte[] segment(MemoryDisk of, PartitionLog log) throws IOException {
        return of.bytes(log.path().resolve(LogFiles.segment(0)));
    }

    @Test
    void r10FollowersFileIsTheLeadersByteForByte() throws Exception {
        PartitionLog leader = leader(leaderDisk);
        PartitionLog follower = StoreFixture.open(disk, FOLDER).log();

        for (ByteBuffer batch : batches(leader)) {
            assertThat(follower.stageReplicated(batch, 1)).isInstanceOf(Staged.Ok.class);
        }
        assertThat(follower.write()).isEqualTo(WriteOutcome.WRITTEN);

        assertThat(segment(disk, follower)).isEqualTo(segment(leaderDisk, leader));
        assertThat(follower.endOffset()).isEqualTo(12);
        assertThat(follower.leaderEpochs()).isEqualTo(leader.leaderEpochs()).hasSize(3);
    }

    @Test
    void r10FlippedBitAnywhereInABatchIsRefused() throws Exception {
        ByteBuffer batch = batches(leader(leaderDisk)).get(0);
        PartitionLog follower = StoreFixture.open(disk, FOLDER).log();
        for (int bit = 0; bit < batch.limit() * 8; bit++) {
            ByteBuffer damaged = ByteBuffer.allocate(batch.limit()).put(0, batch, 0, batch.limit());
            damaged.put(bit / 8, (byte) (damaged.get(bit / 8) ^ 1 << (bit % 8)));
            boolean epoch = bit / 8 >= 12 && bit / 8 < 16;
            if (!epoch) {
                assertThat(refusal(follower.stageReplicated(damaged, 1)))
                        .as("bit " + bit)
                        .isIn(Staged.Reason.CORRUPT, Staged.Reason.NOT_CONTIGUOUS);
            }
        }
        assertThat(refusal(follower.stageReplicated(ByteBuffer.allocate(5), 1))).isEqualTo(Staged.Reason.CORRUPT);
        assertThat(follower.stagedEndOffset()).isZero();
        assertThat(follower.failure()).isEmpty();
    }

    @Test
    void r10GapRepetitionAndOlderEpochAreRefused() throws Exception {
        List<ByteBuffer> batches = batches(leader(leaderDisk));
        PartitionLog follower = StoreFixture.open(disk, FOLDER).log();

        assertThat(refusal(follower.stageReplicated(batches.get(1), 1))).isEqualTo(Staged.Reason.NOT_CONTIGUOUS);
        follower.stageReplicated(batches.get(0), 1);
        assertThat(refusal(follower.stageReplicated(batches.get(0), 1))).isEqualTo(Staged.Reason.NOT_CONTIGUOUS);
        assertThat(refusal(follower.stageReplicated(batches.get(2), 1))).isEqualTo(Staged.Reason.NOT_CONTIGUOUS);
        follower.write();
        follower.beginEpoch(1);
        assertThat(refusal(follower.stageReplicated(batches.get(1), 1))).isEqualTo(Staged.Reason.OLDER_EPOCH);
        assertThat(follower.endOffset()).isEqualTo(2);
    }

    @Test
    void t1FollowerKnowsTheProducersThatTheLeaderKnows() throws Exception {
        PartitionLog leader = leader(leaderDisk);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog follower = fixture.log();
        for (ByteBuffer batch : batches(leader)) {
            follower.stageReplicated(batch, 1);
        }
        follower.write();

        assertThat(follower.stage(Batches.from(7, 0, 8, "x", "y"), 9, 1)).isEqualTo(new Staged.Duplicate(8, 9, -1));
        assertThat(refusal(follower.stage(Batches.from(7, 0, 13, "x"), 9, 1)))
                .isEqualTo(Staged.Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(follower.stage(Batches.from(7, 0, 12, "x"), 9, 1)).isEqualTo(new Staged.Ok(12, 12, -1));
    }

    /** The leader had forgotten the producer, or cleaned its earlier batches away (T3): that is not for a follower to judge. */
    @Test
    void t1SequenceIsNotTheFollowersToJudge() throws Exception {
        PartitionLog follower = StoreFixture.open(disk, FOLDER).log();
        follower.stageReplicated(Batches.from(7, 0, 5, "a"), 1);
        ByteBuffer after = Batches.from(7, 0, 900, "b");
        BatchHeader.baseOffset(after, 0, 1);

        assertThat(follower.stageReplicated(after, 1)).isEqualTo(new Staged.Ok(1, 1, -1));
        assertThat(follower.stage(Batches.from(7, 0, 901, "c"), 0, 1)).isEqualTo(new Staged.Ok(2, 2, -1));
    }

    @Test
    void batchLargerThanASegmentGetsOneOfItsOwn() throws Exception {
        LogConfig small = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(200, Long.MAX_VALUE, 100));
        PartitionLog follower = StoreFixture.open(disk, FOLDER).log(small);
        String[] values = {"a", "b".repeat(1_000), "c"};
        for (int i = 0; i < values.length; i++) {
            ByteBuffer batch = Batches.of(1, values[i]);
            BatchHeader.baseOffset(batch, 0, i);
            BatchHeader.leaderEpoch(batch, 0, 3);
            assertThat(follower.stageReplicated(batch, 1)).isEqualTo(new Staged.Ok(i, i, -1));
        }

        assertThat(follower.write()).isEqualTo(WriteOutcome.WRITTEN);

        assertThat(follower.segments()).hasSize(3);
        assertThat(StoreFixture.readAll(follower, 0, 100)).containsExactly(values);
    }

    @Test
    void controlBatchIsTakenAndEndsItsTransaction() throws Exception {
        PartitionLog follower = StoreFixture.open(disk, FOLDER).log();
        ByteBuffer data = transactional(Batches.from(7, 0, 0, "a"), 0x10);
        ByteBuffer marker = transactional(Batches.from(7, 0, 0, "marker"), 0x30);
        BatchHeader.baseOffset(marker, 0, 1);

        assertThat(follower.stageReplicated(data, 1)).isEqualTo(new Staged.Ok(0, 0, -1));
        assertThat(follower.producers().get(0).transactionStartOffset()).isZero();
        assertThat(follower.stageReplicated(marker, 1)).isEqualTo(new Staged.Ok(1, 1, -1));
        assertThat(follower.producers().get(0).transactionStartOffset()).isEqualTo(-1);
    }

    private static ByteBuffer transactional(ByteBuffer batch, int attributes) {
        batch.putShort(21, (short) attributes);
        batch.putInt(17, BatchHeader.computeCrc(batch, 0, batch.limit()));
        BatchHeader.leaderEpoch(batch, 0, 0);
        return batch;
    }
}
