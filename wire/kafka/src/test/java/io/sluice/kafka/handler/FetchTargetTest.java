package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FetchTargetTest {
    private static FetchTarget target() {
        return new FetchTarget(new FetchTarget.ByName("topic"), 0, new FetchPosition(10, 1_024, 0, 0, 0));
    }

    /** R5: a follower that could not use an answer would else not hear of the high watermark before it moves again. */
    @Test
    void partitionThatIsNamedAgainIsToldAgain() {
        FetchTarget target = target();
        target.told(10, 0);
        assertThat(target.isNews(10, 0)).isFalse();
        target.follow(target());
        assertThat(target.isNews(10, 0)).isTrue();
    }
}
