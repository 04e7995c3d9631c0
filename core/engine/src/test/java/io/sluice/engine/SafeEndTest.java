package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.Batches;
import io.sluice.log.LogFailure;
import io.sluice.log.LogPosition;
import io.sluice.log.MemoryDisk;
import io.sluice.log.PartitionLog;
import io.sluice.log.StoreFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SafeEndTest {
    private final StoreFixture fixture = StoreFixture.open(new MemoryDisk(), Path.of("/data"));
    private final PartitionLog log = fixture.log();
    private final List<Long> told = new ArrayList<>();
    private final SafeEnd safe = new SafeEnd(log, true, new SafeEnd.Listener() {
        @Override
        public void safeUpTo(LogPosition end) {
            told.add(end.offset());
        }

        @Override
        public void notSafe(LogFailure failure) {
            throw new AssertionError(failure);
        }
    });

    SafeEndTest() throws Exception {}

    private void write(String value) {
        fixture.append(log, Batches.of(1_700_000_000_000L, value));
        safe.written(true);
    }

    @Test
    void whoWaitsForAllIsToldAfterTheFlushThatCoversWhatCameDuringAnother() {
        write("a");
        write("b");
        List<Long> safeWhenTold = new ArrayList<>();
        safe.whenAllSafe(true, () -> safeWhenTold.add(safe.end().offset()));
        fixture.loop.runAll();
        assertThat(told).startsWith(1L).endsWith(2L);
        assertThat(safeWhenTold).containsExactly(2L);
    }
}
