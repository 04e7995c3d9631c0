package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionLogTest {
    private static final LogConfig SMALL_SEGMENTS =
            LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1000, Long.MAX_VALUE, 200));

    private final Path folder;

    PartitionLogTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void appendGivesOffsetsAndReadReturnsTheBatches() throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log();

        Staged first = fixture.append(log, Batches.of(1000, "a", "b"));
        Staged second = fixture.append(log, Batches.of(1001, "c"));

        assertThat(first).isEqualTo(new Staged.Ok(0, 1, -1));
        assertThat(second).isEqualTo(new Staged.Ok(2, 2, -1));
        assertThat(log.endOffset()).isEqualTo(3);
        assertThat(StoreFixture.readAll(log, 0, 1 << 20)).containsExactly("a", "b", "c");
        assertThat(StoreFixture.readAll(log, 1, 1)).containsExactly("b", "c");
        assertThatThrownBy(() -> log.read(4, 100, log.endPosition(), true))
                .isInstanceOf(OffsetOutOfRangeException.class);
        fixture.store.close();
    }

    @Test
    void logRollsAndEveryOffsetIsFoundAcrossSegments() throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log(SMALL_SEGMENTS);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            fixture.append(log, Batches.of(1000 + i, "value-" + i));
            expected.add("value-" + i);
        }

        assertThat(log.segments().length).isGreaterThan(10);
        for (int offset = 0; offset < 200; offset += 7) {
            assertThat(StoreFixture.readAll(log, offset, 500)).isEqualTo(expected.subList(offset, 200));
        }
        fixture.store.close();
    }

    @Test
    void groupThatSpansARollIsWrittenWhole() throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log(SMALL_SEGMENTS);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            log.stage(Batches.of(1000 + i, "value-" + i), 0, 1);
            expected.add("value-" + i);
        }

        assertThat(log.endOffset()).isZero();
        assertThat(log.stagedEndOffset()).isEqualTo(40);
        assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
        assertThat(log.segments().length).isGreaterThan(2);
        assertThat(StoreFixture.readAll(log, 0, 1 << 20)).isEqualTo(expected);
        fixture.store.close();
    }

    @Test
    void smallAndLargeBatchesAreGatheredInOrder() throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String value = i % 3 == 0 ? "x".repeat(20_000) + i : "small-" + i;
            log.stage(Batches.of(1000, value), 0, 1);
            expected.add(value);
        }

        assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
        assertThat(StoreFixture.readAll(log, 0, 1 << 20)).isEqualTo(expected);
        fixture.store.close();
    }

    @Test
    void logComesBackAfterACleanShutdownWithoutRecovery() throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log(SMALL_SEGMENTS);
        for (int i = 0; i < 100; i++) {
            fixture.append(log, Batches.from(7, 0, i, "value-" + i));
        }
        fixture.join(fixture.store.closeCleanly(42));

        StoreFixture again = StoreFixture.open(new NioDisk(), folder);
        PartitionLog reopened = again.log(SMALL_SEGMENTS);

        assertThat(again.report.clean()).isTrue();
        assertThat(again.report.brokerEpoch()).hasValue(42);
        assertThat(again.store.openFiles()).isZero();
        assertThat(reopened.endOffset()).isEqualTo(100);
        assertThat(again.append(reopened, Batches.from(7, 0, 99, "value-99")))
                .isEqualTo(new Staged.Duplicate(99, 99, -1));
        again.append(reopened, Batches.from(7, 0, 100, "value-100"));
        assertThat(StoreFixture.readAll(reopened, 0, 5000)).hasSize(101).endsWith("value-99", "value-100");
        again.store.close();
    }

    @Test
    void logComesBackAfterACrash() throws Exception {
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder);
        PartitionLog log = fixture.log(SMALL_SEGMENTS);
        for (int i = 0; i < 100; i++) {
            fixture.append(log, Batches.from(7, 0, i, "value-" + i));
        }
        fixture.store.close();

        StoreFixture again = StoreFixture.open(new NioDisk(), folder);
        PartitionLog reopened = again.log(SMALL_SEGMENTS);

        assertThat(again.report.clean()).isFalse();
        assertThat(again.report.cuts()).isEmpty();
        assertThat(reopened.endOffset()).isEqualTo(100);
        assertThat(again.append(reopened, Batches.from(7, 0, 99, "value-99")))
                .isEqualTo(new Staged.Duplicate(99, 99, -1));
        again.append(reopened, Batches.from(7, 0, 100, "value-100"));
        assertThat(StoreFixture.readAll(reopened, 0, 5000)).hasSize(101);
        again.store.close();
    }
}
