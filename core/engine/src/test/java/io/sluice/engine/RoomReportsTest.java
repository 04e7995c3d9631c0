package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerInfo;
import io.sluice.log.MemoryDisk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a broker tells the controller of the room on its disks. */
class RoomReportsTest {
    private static final long LOOKS_EVERY_MS = 1_000;

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2, 3);

    @BeforeEach
    void start() {
        cluster.controller.createTopic("t", 1, Map.of("min.insync.replicas", "2"), 1, 2, 3);
        cluster.advanceMs(100);
        cluster.keepStore(1);
    }

    private void fillDisk() {
        MemoryDisk disk = cluster.disk(1);
        disk.capacity(disk.used() + 1);
        cluster.advanceMs(2 * LOOKS_EVERY_MS);
    }

    private void makeRoom() {
        cluster.disk(1).capacity(1L << 40);
        cluster.advanceMs(2 * LOOKS_EVERY_MS);
    }

    private BrokerInfo.Condition condition() {
        return cluster.controller.image().broker(1).orElseThrow().condition();
    }

    @Test
    void fullDiskIsReportedAtOnceAndItsEndOnceItLasts() {
        fillDisk();
        assertThat(cluster.controller.reports()).containsExactly("1 is full");

        makeRoom();
        assertThat(cluster.controller.reports()).as("not yet").containsExactly("1 is full");
        cluster.advanceMs(RoomReports.ROOM_MUST_LAST_MS);

        assertThat(cluster.controller.reports()).containsExactly("1 is full", "1 has room");
        assertThat(condition()).isEqualTo(BrokerInfo.Condition.SERVING);
    }

    @Test
    void diskAtItsLimitDoesNotSendLeadershipsToAndFro() {
        for (int i = 0; i < 20; i++) {
            fillDisk();
            makeRoom();
        }
        assertThat(cluster.controller.reports()).containsExactly("1 is full");
    }

    @Test
    void reportThatDidNotGetThroughIsRepeated() {
        cluster.controller.mood(HandMadeController.Mood.AWAY);
        fillDisk();
        assertThat(cluster.controller.reports()).isEmpty();

        cluster.controller.mood(HandMadeController.Mood.ANSWERS);
        cluster.advanceMs(5_000);

        assertThat(condition()).isEqualTo(BrokerInfo.Condition.FULL);
    }

    @Test
    void reportIsRepeatedUnderANewRegistration() {
        fillDisk();

        cluster.controller.register(1);
        cluster.advanceMs(100);

        assertThat(cluster.controller.reports()).containsExactly("1 is full", "1 is full");
        assertThat(condition()).isEqualTo(BrokerInfo.Condition.FULL);
    }

    @Test
    void brokerThatIsAloneReportsNothing() {
        cluster.controller.lose(2);
        cluster.controller.lose(3);
        fillDisk();
        assertThat(cluster.controller.reports()).isEmpty();

        cluster.controller.register(2);
        cluster.advanceMs(100);

        assertThat(cluster.controller.reports()).isEqualTo(List.of("1 is full"));
    }
}
