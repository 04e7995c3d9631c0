package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MajorityWaitTest {
    private static final EnsembleMember SECOND = new EnsembleMember(2, "b", 9100);
    private static final EnsembleMember THIRD = new EnsembleMember(3, "::1", 9100);

    private final CapturedLog log = new CapturedLog();
    private final MajorityWait wait =
            new MajorityWait(new Ensemble(1, List.of(THIRD, SECOND, new EnsembleMember(1, "a", 9100))), at(0));

    @AfterEach
    void stopCapturing() {
        log.close();
    }

    @Test
    void startSaysEveryFiveSecondsWhomItWaitsFor() {
        for (int second = 1; second <= 11; second++) {
            wait.waits(List.of(SECOND, THIRD), at(second));
        }
        wait.serves(at(12));

        assertThat(log.lines("waits for other nodes"))
                .hasSize(3)
                .allMatch(line -> line.contains("node=1 needs=2 of=3 there=1 missing=2@b:9100,3@[::1]:9100"));
        assertThat(log.lines("has its majority")).singleElement().asString().contains("afterMs=12000");
    }

    @Test
    void electionAtStartIsNotCalledAWaitForNodes() {
        wait.waits(List.of(THIRD), at(1));

        assertThat(log.lines("agrees with the others on a leader"))
                .singleElement()
                .asString()
                .contains("there=2");
    }

    @Test
    void electionThatTakesASecondIsNotSaid() {
        wait.serves(at(1));
        wait.waits(List.of(), at(10));
        wait.waits(List.of(), at(11));
        wait.serves(at(12));

        assertThat(log.lines("")).hasSize(1);
    }

    @Test
    void lostMajorityIsSaidOnceAMinuteAndItsReturnOnce() {
        wait.serves(at(1));
        for (int second = 10; second < 135; second++) {
            wait.waits(List.of(SECOND, THIRD), at(second));
        }
        wait.serves(at(135));
        wait.serves(at(136));

        assertThat(log.lines("has no majority")).hasSize(3);
        assertThat(log.lines("has no majority").get(0)).contains("sinceS=2 node=1 needs=2 of=3 there=1");
        assertThat(log.lines("has its majority again"))
                .singleElement()
                .asString()
                .contains("downS=125");
    }

    @Test
    void nextLossIsANewOne() {
        wait.serves(at(1));
        for (int start : new int[] {10, 20}) {
            wait.waits(List.of(SECOND), at(start));
            wait.waits(List.of(SECOND), at(start + 2));
            wait.serves(at(start + 3));
        }

        assertThat(log.lines("has no majority")).hasSize(2);
    }

    private static long at(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
