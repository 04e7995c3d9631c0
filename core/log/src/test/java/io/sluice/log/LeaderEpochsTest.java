package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LeaderEpochsTest {
    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void r7LargestEpochNotAboveTheAskedOneAnswers() {
        LeaderEpochs epochs =
                LeaderEpochs.NONE.with(2, 0).with(5, 10).with(6, 10).with(9, 30);

        assertThat(epochs.endOf(2, 40)).isEqualTo(new EpochEnd(2, 10));
        assertThat(epochs.endOf(4, 40)).isEqualTo(new EpochEnd(2, 10));
        assertThat(epochs.endOf(5, 40)).isEqualTo(new EpochEnd(5, 10));
        assertThat(epochs.endOf(6, 40)).isEqualTo(new EpochEnd(6, 30));
        assertThat(epochs.endOf(9, 40)).isEqualTo(new EpochEnd(9, 40));
        assertThat(epochs.endOf(12, 40)).isEqualTo(new EpochEnd(9, 40));
        assertThat(epochs.endOf(1, 40)).isEqualTo(new EpochEnd(1, 0));
        assertThat(LeaderEpochs.NONE.endOf(1, 40)).isEqualTo(EpochEnd.UNKNOWN);
    }

    @Test
    void r7EpochsAreCutAtBothEnds() {
        LeaderEpochs epochs = LeaderEpochs.NONE.with(2, 0).with(5, 10).with(9, 30);

        assertThat(epochs.from(10).entries()).containsExactly(new EpochStart(5, 10), new EpochStart(9, 30));
        assertThat(epochs.from(12).entries()).containsExactly(new EpochStart(5, 12), new EpochStart(9, 30));
        assertThat(epochs.from(0)).isSameAs(epochs);
        assertThat(epochs.until(30)).isSameAs(epochs);
        assertThat(epochs.until(20).entries())
                .as("the newest epoch is remembered without records")
                .containsExactly(new EpochStart(2, 0), new EpochStart(5, 10), new EpochStart(9, 20));
    }

    @Test
    void r7EpochWithoutRecordsSurvivesCleanRestartAndCrash() throws Exception {
        Path folder = Path.of("/data");
        StoreFixture fixture = StoreFixture.open(disk, folder);
        PartitionLog log = fixture.log();
        log.beginEpoch(3);
        log.stage(Batches.of(1, "a"), 3, 1);
        log.write();
        log.beginEpoch(4);
        log.beginEpoch(5);
        fixture.join(fixture.store.closeCleanly(1));

        StoreFixture second = StoreFixture.open(disk, folder);
        assertThat(second.log().leaderEpochs())
                .containsExactly(new EpochStart(3, 0), new EpochStart(4, 1), new EpochStart(5, 1));
        second.store.close();

        StoreFixture third = StoreFixture.open(disk.afterPowerLoss(1), folder);
        assertThat(third.report.clean()).isFalse();
        assertThat(third.log().latestEpoch()).isEqualTo(5);
        assertThat(third.log().endOfEpoch(3)).isEqualTo(new EpochEnd(3, 1));
    }

    @Test
    void epochsComeBackFromTheBatchesAlone() throws Exception {
        Path folder = Path.of("/data");
        StoreFixture fixture = StoreFixture.open(disk, folder);
        PartitionLog log = fixture.log();
        for (int epoch = 0; epoch < 4; epoch++) {
            log.stage(Batches.of(1, "a"), epoch, 1);
            log.stage(Batches.of(1, "b"), epoch, 1);
        }
        log.write();
        fixture.store.close();

        StoreFixture again = StoreFixture.open(disk.afterKill(), folder);

        assertThat(again.log().leaderEpochs()).isEqualTo(log.leaderEpochs()).hasSize(4);
    }
}
