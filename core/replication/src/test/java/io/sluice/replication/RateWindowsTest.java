package io.sluice.replication;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long whoever moves too much has to wait, with Kafka's windows. */
class RateWindowsTest {
    private static final RateWindows.Shape KAFKAS = new RateWindows.Shape(11, 1_000);
    private static final long NOW = 50_000;

    private final RateWindows none = RateWindows.none(KAFKAS);

    @Test
    void whoWasQuietMayMoveAtOnce() {
        assertThat(none.waitMs(1_000, NOW)).isZero();
        assertThat(none.plus(NOW, 1_000).waitMs(1_000, NOW)).isZero();
    }

    @Test
    void whatWasTooMuchIsWaitedForUntilItHasBecomeTheRate() {
        RateWindows moved = none.plus(NOW, 5_000);
        assertThat(moved.waitMs(1_000, NOW)).isEqualTo(5_000);
        assertThat(moved.waitMs(1_000, NOW + 3_000)).isEqualTo(2_000);
        assertThat(moved.waitMs(1_000, NOW + 5_000)).isZero();
    }

    @Test
    void whatIsFarTooMuchIsForgottenWithItsWindow() {
        assertThat(none.plus(NOW, 1_000_000).waitMs(1_000, NOW)).isEqualTo(11_000);
    }

    @Test
    void rateOfZeroLetsSomethingThroughNowAndThen() {
        assertThat(none.waitMs(0, NOW)).isZero();
        assertThat(none.plus(NOW, 1).waitMs(0, NOW + 500)).isEqualTo(10_500);
    }

    @Test
    void nothingIsWaitedForWithoutARate() {
        assertThat(none.plus(NOW, Long.MAX_VALUE).plus(NOW, Long.MAX_VALUE).waitMs(RateWindows.UNLIMITED, NOW))
                .isZero();
        assertThat(none.plus(NOW, Long.MAX_VALUE).plus(NOW, 1).waitMs(1_000, NOW))
                .isEqualTo(11_000);
    }

    @Test
    void whatSeveralWritersMovedIsAddedUp() {
        RateWindows one = none.plus(NOW, 2_000).plus(NOW + 1_000, 500);
        RateWindows other = none.plus(NOW + 2_000, 1_500);
        assertThat(one.plus(other).waitMs(1_000, NOW + 2_000)).isEqualTo(2_000);
        assertThat(other.plus(one).waitMs(1_000, NOW + 2_000)).isEqualTo(2_000);
        assertThat(none.plus(one).waitMs(1_000, NOW + 2_000)).isEqualTo(500);
    }
}
