package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManyPartitionsTest {
    private static final Path FOLDER = Path.of("/data");
    private static final int PARTITIONS = 1_000;

    private final MemoryDisk disk = new MemoryDisk();
    private final List<MemoryDisk.Op> operations = new ArrayList<>();

    private long count(MemoryDisk.Op op) {
        return operations.stream().filter(op::equals).count();
    }

    private static LogId id(int partition) {
        return new LogId(StoreFixture.ID.topicId(), "topic", partition);
    }

    @Test
    void emptyPartitionsCostAFolderEachAndNothingElse() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        disk.faults((op, path) -> operations.add(op));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            fixture.store.openOrCreate(id(partition), LogConfig.DEFAULTS).beginEpoch(0);
        }

        assertThat(operations).hasSize(PARTITIONS).containsOnly(MemoryDisk.Op.CREATE_FOLDER);
    }

    @Test
    void cleanStartOpensNoPartitionAndCrashRecoveryDoesNotFlushEach() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            PartitionLog log = fixture.store.openOrCreate(id(partition), LogConfig.DEFAULTS);
            if (partition % 2 == 0) {
                fixture.append(log, Batches.of(1000, "value"));
            }
        }
        fixture.join(fixture.store.closeCleanly(1));
        disk.faults((op, path) -> operations.add(op));

        StoreFixture clean = StoreFixture.open(disk, FOLDER);

        assertThat(clean.report.clean()).isTrue();
        assertThat(clean.store.logs()).hasSize(PARTITIONS);
        assertThat(clean.store.find(id(400)).orElseThrow().endOffset()).isEqualTo(1);
        assertThat(operations).hasSizeLessThan(20);

        for (int partition = 0; partition < PARTITIONS; partition += 2) {
            clean.append(clean.store.openOrCreate(id(partition), LogConfig.DEFAULTS), Batches.of(1000, "more"));
        }
        clean.store.close();
        disk.afterKill().faults((op, path) -> operations.add(op));
        operations.clear();

        StoreFixture crashed = StoreFixture.open(disk, FOLDER);

        assertThat(crashed.report.clean()).isFalse();
        assertThat(crashed.store.find(id(400)).orElseThrow().endOffset()).isEqualTo(2);
        assertThat(count(MemoryDisk.Op.SYNC)).isLessThan(5); // of the folder, not of each partition
        assertThat(count(MemoryDisk.Op.SYNC_FOLDER)).isLessThan(5);
        assertThat(count(MemoryDisk.Op.LIST)).isEqualTo(PARTITIONS + 1);
        assertThat(count(MemoryDisk.Op.OPEN)).isLessThan(PARTITIONS);
    }
}
