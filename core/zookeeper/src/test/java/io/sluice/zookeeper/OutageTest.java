package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageTest {
    private final CapturedLog log = new CapturedLog();
    private final Outage outage = new Outage(Path.of("zk"), false);

    @AfterEach
    void stopCapturing() {
        log.close();
    }

    @Test
    void outageIsSaidOnceAMinute() {
        for (int second = 0; second < 180; second++) {
            outage.down("No space left on device", at(second));
        }

        assertThat(log.lines("is down: free space"))
                .singleElement()
                .asString()
                .contains("folder=zk", "reason=\"No space left on device\"");
        assertThat(log.lines("is still down")).hasSize(2);
        assertThat(log.lines("is still down").get(1)).contains("sinceS=120");
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void serverThatFailsAgainRightAfterItsStartIsNotCalledBack() {
        for (int second = 0; second < 60; second++) {
            outage.down("full", at(second));
            outage.up(at(second));
            outage.up(at(second + 0.9));
        }

        assertThat(log.lines("")).hasSize(1);
    }

    @Test
    void serverThatStaysUpIsCalledBackOnce() {
        outage.down("full", at(0));
        for (int second = 30; second < 60; second++) {
            outage.up(at(second));
        }

        assertThat(log.lines("serves again")).singleElement().asString().contains("downS=30");
    }

    @Test
    void nextOutageIsANewOne() {
        outage.down("full", at(0));
        outage.up(at(1));
        outage.up(at(9));
        outage.down("full", at(10));

        assertThat(log.lines("is down: free space")).hasSize(2);
    }

    @Test
    void nothingIsSaidOfAServerThatServes() {
        outage.up(at(0));
        outage.up(at(100));

        assertThat(log.lines("")).isEmpty();
    }

    private static long at(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
