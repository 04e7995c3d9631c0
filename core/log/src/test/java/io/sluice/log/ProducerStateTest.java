package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProducerStateTest {
    private static final Path FOLDER = Path.of("/data");

    private final MemoryDisk disk = new MemoryDisk();

    private static Staged send(StoreFixture fixture, PartitionLog log, int epoch, int sequence, int records) {
        String[] values = new String[records];
        Arrays.fill(values, "v");
        Staged staged = log.stage(
                Batches.from(7, epoch, sequence, values),
                0,
                fixture.loop.clock().wallMs());
        log.write();
        return staged;
    }

    private static Staged.Reason refusal(Staged staged) {
        assertThat(staged).isInstanceOf(Staged.Refused.class);
        return ((Staged.Refused) staged).reason();
    }

    @Test
    void t1LastFiveBatchesAreRecognisedAsDuplicates() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        for (int i = 0; i < 8; i++) {
            assertThat(send(fixture, log, 0, 2 * i, 2)).isEqualTo(new Staged.Ok(2L * i, 2L * i + 1, -1));
        }

        for (int i = 3; i < 8; i++) {
            assertThat(send(fixture, log, 0, 2 * i, 2)).isEqualTo(new Staged.Duplicate(2L * i, 2L * i + 1, -1));
        }
        assertThat(refusal(send(fixture, log, 0, 4, 2))).isEqualTo(Staged.Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(log.endOffset()).isEqualTo(16);
    }

    @Test
    void t1DuplicateOfABatchThatIsOnlyStagedIsRecognised() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        log.stage(Batches.from(7, 0, 0, "a"), 0, 1);

        assertThat(log.stage(Batches.from(7, 0, 0, "a"), 0, 1)).isEqualTo(new Staged.Duplicate(0, 0, -1));
        assertThat(log.stage(Batches.from(7, 0, 1, "b"), 0, 1)).isEqualTo(new Staged.Ok(1, 1, -1));
    }

    @Test
    void t2GapsAndReorderingAreRefused() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        send(fixture, log, 0, 0, 1);

        assertThat(refusal(send(fixture, log, 0, 2, 1))).isEqualTo(Staged.Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(send(fixture, log, 0, 1, 1)).isInstanceOf(Staged.Ok.class);
        assertThat(send(fixture, log, 0, 2, 1)).isInstanceOf(Staged.Ok.class);
    }

    @Test
    void t2SequenceWrapsToZero() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        send(fixture, log, 0, Integer.MAX_VALUE - 1, 4); // MAX-1, MAX, 0, 1

        assertThat(refusal(send(fixture, log, 0, 1, 1))).isEqualTo(Staged.Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(send(fixture, log, 0, 2, 1)).isEqualTo(new Staged.Ok(4, 4, -1));
        assertThat(send(fixture, log, 0, Integer.MAX_VALUE - 1, 4)).isEqualTo(new Staged.Duplicate(0, 3, -1));
    }

    @Test
    void t2NewEpochBeginsAtZeroAndFencesTheOld() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        send(fixture, log, 0, 0, 1);

        assertThat(refusal(send(fixture, log, 1, 1, 1))).isEqualTo(Staged.Reason.OUT_OF_ORDER_SEQUENCE);
        assertThat(send(fixture, log, 1, 0, 1)).isInstanceOf(Staged.Ok.class);
        assertThat(refusal(send(fixture, log, 0, 1, 1))).isEqualTo(Staged.Reason.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void t3UnknownProducerMayBeginAnywhere() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);

        assertThat(send(fixture, fixture.log(), 3, 1000, 1)).isInstanceOf(Staged.Ok.class);
    }

    @Test
    void t4SilentProducerExpiresAndOneWithOldTimestampsDoesNot() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        send(fixture, log, 0, 0, 1);
        long now = fixture.loop.clock().wallMs();

        log.expireProducers(now + 999, 1000);
        assertThat(log.producers()).singleElement().satisfies(producer -> {
            assertThat(producer.producerId()).isEqualTo(7);
            assertThat(producer.lastSequence()).isZero();
        });

        log.expireProducers(now + 1000, 1000);
        assertThat(log.producers()).isEmpty();
        assertThat(send(fixture, log, 0, 55, 1)).isInstanceOf(Staged.Ok.class);
    }

    @Test
    void t4OpenTransactionKeepsAProducer() {
        ProducerStates states = new ProducerStates();
        ByteBuffer batch = Batches.from(9, 0, 0, "a");
        batch.putShort(21, (short) (BatchHeader.attributes(batch, 0) | 0x10));
        states.apply(batch, 0, 0);

        states.expire(Long.MAX_VALUE / 2, 1);

        assertThat(states.count()).isEqualTo(1);
    }

    @Test
    void t4MarkerKeepsAProducerAliveAndEndsItsTransaction() {
        ProducerStates states = new ProducerStates();
        ByteBuffer batch = Batches.from(9, 0, 0, "a");
        batch.putShort(21, (short) (BatchHeader.attributes(batch, 0) | 0x10));
        states.apply(batch, 0, 1_700_000_000_000L);
        ByteBuffer marker = Batches.from(9, 0, 0, "commit");
        marker.putShort(21, (short) (BatchHeader.attributes(marker, 0) | 0x30));
        states.apply(marker, 0, 1_700_000_005_000L);

        states.expire(1_700_000_005_999L, 1_000);
        assertThat(states.count()).isEqualTo(1);

        states.expire(1_700_000_006_000L, 1_000);
        assertThat(states.count()).isZero();
    }

    @Test
    void t1FailedWriteTakesTheSequenceBack() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log();
        send(fixture, log, 0, 0, 1);
        disk.capacity(disk.used());
        log.stage(Batches.from(7, 0, 1, "lost"), 0, 1);
        assertThat(log.write()).isInstanceOf(WriteOutcome.Failed.class);
        disk.capacity(Long.MAX_VALUE);
        fixture.loop.runAll();
        log.dataFolder().lookAtSpace(StoreConfig.DiskSpace.DEFAULTS);

        assertThat(send(fixture, log, 0, 1, 1)).isEqualTo(new Staged.Ok(1, 1, -1));
    }

    @Test
    void snapshotDecodesToWhatWasEncoded() {
        ProducerStates states = new ProducerStates();
        for (int producer = 0; producer < 100; producer++) {
            for (int i = 0; i < producer % 8; i++) {
                ByteBuffer batch = Batches.from(producer, producer % 3, i, "v");
                batch.putLong(0, 1000L * producer + i);
                states.apply(batch, 0, 5);
            }
        }
        ByteBuffer bytes = ProducerSnapshot.encode(states, 1234);

        ProducerSnapshot decoded = ProducerSnapshot.decode(bytes).orElseThrow();

        assertThat(decoded.offset()).isEqualTo(1234);
        assertThat(decoded.states().summaries()).hasSameElementsAs(states.summaries());
        for (int at = 0; at < bytes.limit(); at += 11) {
            bytes.put(at, (byte) (bytes.get(at) + 1));
            assertThat(ProducerSnapshot.decode(bytes)).as("changed at " + at).isEmpty();
            bytes.put(at, (byte) (bytes.get(at) - 1));
        }
    }

    @Test
    void manyProducersAreKeptApart() {
        ProducerStates states = new ProducerStates();
        for (long id = 0; id < 10_000; id++) {
            states.apply(Batches.from(id * 64, 0, (int) id, "v"), 0, 5);
        }

        for (long id = 0; id < 10_000; id++) {
            ProducerState state = states.find(id * 64);
            assertThat(state).isNotNull();
            assertThat(state == null ? -1 : state.lastSequence()).isEqualTo((int) id);
        }
        assertThat(states.find(1)).isNull();
    }
}
