package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AckTimesTest {
    private final AckTimes acks = new AckTimes(1_000);

    @Test
    void longestPauseIsBetweenTwoAcknowledgements() {
        acks.add(1_000, 1_010);
        acks.add(1_020, 1_500);
        acks.add(1_500, 1_600);

        assertThat(acks.longestPauseNanos(1_600)).isEqualTo(490);
        assertThat(acks.count()).isEqualTo(3);
    }

    @Test
    void pauseThatLastsCountsToo() {
        acks.add(1_000, 1_010);

        assertThat(acks.longestPauseNanos(3_010)).isEqualTo(2_000);
    }

    @Test
    void forgettingPausesLeavesTheOneThatLasts() {
        acks.add(1_000, 5_000);
        acks.forgetPauses();
        acks.add(5_001, 5_100);

        assertThat(acks.longestPauseNanos(5_100)).isEqualTo(100);
    }

    @Test
    void acknowledgementOfARecordSentBeforeIsNotTheOneWatchedFor() {
        acks.watch(2_000);
        acks.add(1_999, 2_005);
        assertThat(acks.watched()).isEmpty();

        acks.add(2_006, 9_000);
        acks.add(9_001, 9_002);

        assertThat(acks.watched()).hasValue(9_000);
    }
}
