package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class ReplicaComparisonTest {
    private static final ClusterView.Partition PARTITION = Views.partition(1, List.of(1, 2, 3), List.of(1, 2), 1);

    /** A log of batches of one record each; it is given out two batches at a time. */
    private static ReplicaSource log(long highWatermark, String... values) {
        return offset -> {
            ByteBuffer bytes = ByteBuffer.allocate(1024);
            for (int i = (int) offset; i < Math.min(values.length, offset + 2); i++) {
                bytes.put(MemoryRecords.withRecords(i, Compression.NONE, new SimpleRecord(7, values[i].getBytes()))
                        .buffer());
            }
            return new ReplicaSource.Piece(MemoryRecords.readableRecords(bytes.flip()), highWatermark);
        };
    }

    private static ReplicaComparison compare(long from, ReplicaSource one, ReplicaSource two, ReplicaSource three) {
        Map<Integer, ReplicaSource> sources = new LinkedHashMap<>();
        sources.put(3, three);
        sources.put(2, two);
        sources.put(1, one);
        return ReplicaComparison.of(PARTITION, sources, from, List.of());
    }

    @Test
    void sameLogsAreEqualUpToTheHighWatermark() {
        ReplicaComparison compared =
                compare(0, log(3, "a", "b", "c", "uncommitted"), log(2, "a", "b", "c", "other"), log(1, "a", "b", "c"));

        assertThat(compared.equal()).containsExactly(1, 3, 2);
        assertThat(compared.problems()).isEmpty();
        assertThat(compared.from()).isZero();
        assertThat(compared.to()).isEqualTo(3);
        assertThat(compared.hash()).hasSize(64);
    }

    @Test
    void hashTellsOfEveryRecord() {
        String hash =
                compare(0, log(2, "a", "b"), log(2, "a", "b"), log(2, "a", "b")).hash();

        assertThat(compare(0, log(2, "x", "b"), log(2, "x", "b"), log(2, "x", "b"))
                        .hash())
                .isNotEqualTo(hash);
    }

    @Test
    void logMatching_recordThatDiffersIsFoundWithItsOffset() {
        ReplicaComparison compared = compare(0, log(3, "a", "b", "c"), log(3, "a", "B", "c"), log(3, "a", "b", "c"));

        assertThat(compared.differs()).isTrue();
        assertThat(compared.problems())
                .containsExactly(new ReplicaComparison.Problem(2, true, "differs from the leader from offset 1 on"));
        assertThat(compared.equal()).containsExactly(1, 3);
    }

    @Test
    void replicaInSyncThatLacksRecordsDiffersAndOneThatIsNotIsBehind() {
        ReplicaComparison compared = compare(0, log(3, "a", "b", "c"), log(3, "a", "b"), log(3, "a"));

        assertThat(compared.problems())
                .containsExactly(new ReplicaComparison.Problem(2, true, "is in sync but has nothing from offset 2 on"));
        assertThat(compared.behind()).containsExactly(3);
        assertThat(compared.equal()).containsExactly(1);
    }

    @Test
    void replicaThatCannotBeReadIsNotTakenForOneThatDiffers() {
        ReplicaSource broken = offset -> {
            throw new ReplicaUnreadableException("its disk is gone");
        };

        ReplicaComparison compared = compare(0, log(1, "a"), broken, log(1, "a"));

        assertThat(compared.differs()).isFalse();
        assertThat(compared.problems())
                .containsExactly(
                        new ReplicaComparison.Problem(2, false, "cannot be read at offset 0: its disk is gone"));
    }

    @Test
    void whatIsBeforeTheStartOfOneIsNotCompared() {
        ReplicaComparison compared =
                compare(1, log(3, "a", "b", "c"), log(3, "deleted", "b", "c"), log(3, "a", "b", "c"));

        assertThat(compared.problems()).isEmpty();
        assertThat(compared.from()).isEqualTo(1);
    }
}
