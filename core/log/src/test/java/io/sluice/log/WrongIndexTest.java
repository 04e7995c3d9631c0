package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An index whose checksums are right and which is another log's all the same: it is a cache, the log decides (S7). */
class WrongIndexTest {
    private static final int RECORDS = 60;
    private static final Path FOLDER = Path.of("/data");
    private static final LogConfig SMALL = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(1_000, Long.MAX_VALUE, 100));

    private final MemoryDisk disk = new MemoryDisk();
    private final List<Integer> positions = new ArrayList<>();
    private int size;

    /** Several segments, flushed; the first is what the tests give another index. Then the process dies. */
    private void fill() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        PartitionLog log = fixture.log(SMALL);
        fixture.store.start();
        for (int i = 0; i < RECORDS; i++) {
            if (log.segments().length == 1) {
                positions.add(log.segments()[0].size());
            }
            fixture.append(log, Batches.of(1_000 + i * 10L, "value" + i));
        }
        size = log.segments()[0].size();
        fixture.flush(log);
        fixture.loop.advanceMs(120_000);
        assertThat(log.segments().length).isGreaterThan(2);
        disk.afterKill();
    }

    private void index(int coveredTo, long maxTimestamp, int[] offsets, int[] places, long[] timestamps)
            throws Exception {
        IndexEntries entries = new IndexEntries(offsets.length);
        for (int i = 0; i < offsets.length; i++) {
            entries.set(i, offsets[i], places[i], timestamps[i]);
        }
        ByteBuffer header = IndexBlock.fileHeader(0);
        ByteBuffer block = IndexBlock.encode(entries, offsets.length, coveredTo, maxTimestamp);
        ByteBuffer whole = ByteBuffer.allocate((int) IndexBlock.filePosition(0) + block.remaining());
        whole.put(header).position((int) IndexBlock.filePosition(0));
        whole.put(block);
        Path file = disk.files().stream()
                .filter(each -> each.endsWith(LogFiles.index(0)))
                .findFirst()
                .orElseThrow();
        disk.rot(file, whole.array());
    }

    private StoreFixture assertWhole() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        assertThat(fixture.report.corrupt()).isEmpty();
        assertThat(fixture.report.cuts()).isEmpty();
        assertThat(StoreFixture.readAll(fixture.log(SMALL), 0, 1 << 20))
                .isEqualTo(
                        IntStream.range(0, RECORDS).mapToObj(i -> "value" + i).toList());
        return fixture;
    }

    @Test
    void s7LastEntryThatPointsAmidABatchIsNotTakenForDamageOfTheLog() throws Exception {
        fill();
        index(size, 1_000, new int[] {2}, new int[] {positions.get(2) + 7}, new long[] {1_010});
        assertWhole();
    }

    @Test
    void s7LastEntryThatPointsAtAnotherBatchIsNotTakenForDamageOfTheLog() throws Exception {
        fill();
        index(size, 1_000, new int[] {1}, new int[] {positions.get(3)}, new long[] {1_010});
        assertWhole();
    }

    @Test
    void s7IndexThatEndsAmidABatchIsRebuilt() throws Exception {
        fill();
        index(positions.get(3) + 5, 1_020, new int[] {2}, new int[] {positions.get(2)}, new long[] {1_010});
        assertWhole();
    }

    @Test
    void s7IndexWhoseTimestampsShrinkIsNotBelieved() throws Exception {
        fill();
        index(size, 9_999, new int[] {1, 3}, new int[] {positions.get(1), positions.get(3)}, new long[] {1_000, 0
        }); // as if all before the fourth batch were older than anything
        StoreFixture fixture = assertWhole();

        PartitionLog log = fixture.log(SMALL);
        assertThat(log.offsetForTimestamp(1_010)).map(TimestampedOffset::offset).hasValue(1L);
        assertThat(log.segments()[0].maxTimestamp()).isLessThan(9_999);
    }
}
