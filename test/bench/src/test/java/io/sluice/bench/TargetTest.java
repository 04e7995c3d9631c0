package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void labelNamesTheBoundsThatThereAre() {
        assertThat(Target.atLeast(1.3).label(Unit.RECORDS_PER_SECOND)).isEqualTo("≥ 1.30");
        assertThat(Target.atMost(0.3).andAtMost(2.0).label(Unit.SECONDS)).isEqualTo("≤ 0.30, ≤ 2.0 s");
        assertThat(Target.ownAtMost(3.0).label(Unit.SECONDS)).isEqualTo("≤ 3.0 s");
    }

    @Test
    void bothBoundsMustHold() {
        Target target = Target.atMost(0.3).andAtMost(2.0);

        assertThat(target.isHit(0.3, 2.0)).isTrue();
        assertThat(target.isHit(0.4, 1.0)).isFalse();
        assertThat(target.isHit(0.1, 2.1)).isFalse();
    }

    @Test
    void boundOnTheFigureItselfIgnoresTheRatio() {
        assertThat(Target.ownAtMost(3.0).isHit(17, 2.9)).isTrue();
        assertThat(Target.ownAtMost(3.0).isHit(0.01, 3.1)).isFalse();
    }
}
