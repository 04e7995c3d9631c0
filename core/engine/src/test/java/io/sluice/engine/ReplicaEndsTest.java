package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.LogEnd;
import io.sluice.log.Batches;
import io.sluice.log.MemoryDisk;
import io.sluice.log.PartitionLog;
import io.sluice.log.StoreFixture;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** R14: what a controller is told of a log when it must choose among some that may have lost records. */
class ReplicaEndsTest {
    private final StoreFixture fixture = open();
    private final ReplicaEnds ends = new ReplicaEnds(fixture.store);

    private static StoreFixture open() {
        try {
            return StoreFixture.open(new MemoryDisk(), Path.of("/data"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private LogEnd end() {
        return ends.of(StoreFixture.ID.topicId(), StoreFixture.ID.partition());
    }

    @Test
    void r14EpochInWhichNothingWasWrittenDoesNotCount() throws Exception {
        PartitionLog log = fixture.log();
        log.beginEpoch(3);
        log.stage(Batches.of(1, "a"), 3, 1);
        log.write();
        log.beginEpoch(7);

        assertThat(end()).isEqualTo(new LogEnd(3, 1));
    }

    @Test
    void r14LogThatIsMissingOrEmptyIsTheLeast() throws Exception {
        assertThat(ends.of(new UUID(1, 1), 0)).isEqualTo(LogEnd.NONE);

        fixture.log().beginEpoch(9);
        assertThat(end()).isEqualTo(LogEnd.NONE).isLessThan(new LogEnd(0, 1));
    }

    @Test
    void r14LaterEpochWinsOverMoreRecords() {
        assertThat(new LogEnd(4, 1)).isGreaterThan(new LogEnd(3, 100));
        assertThat(new LogEnd(4, 2)).isGreaterThan(new LogEnd(4, 1));
    }
}
