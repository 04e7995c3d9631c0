package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LinkRenewalTest {
    private final LinkRenewal renewal = new LinkRenewal();

    private boolean dueAfter(long seconds) {
        return renewal.dueWhileWaiting(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void connectionsStayWhileAnElectionMayStillEnd() {
        assertThat(dueAfter(0)).isFalse();
        assertThat(dueAfter(2)).isFalse();
    }

    @Test
    void connectionsAreDroppedAgainAndAgainWhileItWaits() {
        dueAfter(0);
        assertThat(dueAfter(3)).isTrue();
        assertThat(dueAfter(5)).isFalse();
        assertThat(dueAfter(6)).isTrue();
    }

    @Test
    void serverThatServedMeanwhileBeginsAnew() {
        dueAfter(0);
        renewal.serves();
        assertThat(dueAfter(10)).isFalse();
    }
}
