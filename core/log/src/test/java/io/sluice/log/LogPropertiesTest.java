package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Random logs against a model: a list of values. */
class LogPropertiesTest {
    private static final Path FOLDER = Path.of("/data");

    @Property(tries = 150)
    void everyOffsetAndSizeReadsTheSameRecords(
            @ForAll long seed,
            @ForAll @IntRange(min = 300, max = 5000) int segmentBytes,
            @ForAll @IntRange(max = 600) int indexInterval)
            throws Exception {
        Random random = new Random(seed);
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        LogConfig config = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(segmentBytes, Long.MAX_VALUE, indexInterval));
        PartitionLog log = fixture.log(config);
        List<String> model = new ArrayList<>();
        for (int group = 0; group < 25; group++) {
            for (int batch = 0; batch < 1 + random.nextInt(4); batch++) {
                String[] values = new String[1 + random.nextInt(3)];
                Arrays.setAll(values, i -> "v" + model.size() + i + "x".repeat(random.nextInt(40)));
                model.addAll(Arrays.asList(values));
                assertThat(log.stage(Batches.of(random.nextInt(1000), values), 0, 1))
                        .isInstanceOf(Staged.Ok.class);
            }
            assertThat(log.write()).isEqualTo(WriteOutcome.WRITTEN);
        }
        checkReads(log, model, random);
        if (random.nextBoolean()) {
            fixture.join(fixture.store.closeCleanly(1));
        } else {
            fixture.store.close();
        }
        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(again.log(config).endOffset()).isEqualTo(model.size());
        checkReads(again.log(config), model, random);
    }

    private static void checkReads(PartitionLog log, List<String> model, Random random) throws Exception {
        for (int i = 0; i < 10; i++) {
            int from = random.nextInt(model.size());
            int maxBytes = random.nextInt(1500);
            assertThat(StoreFixture.readAll(log, from, maxBytes)).isEqualTo(model.subList(from, model.size()));
        }
    }

    /** A log whose tail is overwritten with anything comes back as a prefix of what it was, and takes appends. */
    @Property(tries = 300)
    void s1AnyDamageOfTheUnflushedTailLeavesAPrefix(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        MemoryDisk disk = new MemoryDisk();
        StoreFixture fixture = StoreFixture.open(disk, FOLDER);
        LogConfig config = LogConfig.DEFAULTS.withRoll(new LogConfig.Roll(900, Long.MAX_VALUE, 50));
        PartitionLog log = fixture.log(config);
        List<String> model = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            model.add("value-" + i);
            fixture.append(log, Batches.from(3, 0, i, "value-" + i));
        }
        fixture.store.close();
        List<Path> files = disk.files().stream()
                .filter(path ->
                        path.toString().endsWith(".log") || path.toString().endsWith(".index"))
                .toList();
        Path victim = files.get(random.nextInt(files.size()));
        disk.rot(victim, damaged(disk.bytes(victim), random));

        StoreFixture again = StoreFixture.open(disk.afterKill(), FOLDER);

        PartitionLog recovered = again.log(config);
        int end = (int) recovered.endOffset();
        assertThat(StoreFixture.readAll(recovered, 0, 500)).isEqualTo(model.subList(0, end));
        assertThat(again.append(recovered, Batches.from(3, 0, end, "next"))).isEqualTo(new Staged.Ok(end, end, -1));
        again.store.close();
        StoreFixture third = StoreFixture.open(disk.afterKill(), FOLDER);
        assertThat(StoreFixture.readAll(third.log(config), 0, 500))
                .hasSize(end + 1)
                .endsWith("next");
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[random.nextInt(100)];
        }
        int from = random.nextInt(bytes.length);
        byte[] changed =
                switch (random.nextInt(3)) {
                    case 0 -> Arrays.copyOf(bytes, from);
                    case 1 -> Arrays.copyOf(bytes, bytes.length + random.nextInt(1000));
                    default -> bytes.clone();
                };
        for (int at = from; at < Math.min(changed.length, from + random.nextInt(600)); at++) {
            changed[at] = (byte) random.nextInt();
        }
        return changed;
    }

    @Property(tries = 100)
    void s7IndexFindsTheFloorOfEveryKey(@ForAll long seed, @ForAll @IntRange(min = 1, max = 1200) int entries)
            throws Exception {
        Random random = new Random(seed);
        MemoryDisk disk = new MemoryDisk();
        disk.createFolder(FOLDER);
        OpenFiles files = new OpenFiles(disk, 10);
        Path path = FOLDER.resolve("x.index");
        SegmentIndex index = new SegmentIndex(files, path, 7, true);
        int[] offsets = new int[entries];
        int[] positions = new int[entries];
        long[] times = new long[entries];
        int offset = 0;
        int position = 0;
        long time = -1;
        for (int i = 0; i < entries; i++) {
            offset += 1 + random.nextInt(5);
            position += 1 + random.nextInt(300);
            time += random.nextInt(3);
            index.add(offset, position, time);
            offsets[i] = offset;
            positions[i] = position;
            times[i] = time;
        }
        checkFloors(index, offsets, positions, times, random);
        index.writeTail(position + 10, time);
        SegmentIndex loaded = new SegmentIndex(files, path, 7, false);
        assertThat(loaded.load(position + 10)).isEqualTo(new SegmentIndex.Loaded(position + 10, time));
        loaded.loadingDone();
        checkFloors(loaded, offsets, positions, times, random);
        assertThat(new SegmentIndex(files, path, 8, false).load(position + 10).coveredTo())
                .as("another segment's index")
                .isZero();
    }

    @Test
    void s7IndexBlockThatEndsWhereItsLastEntryBeginsIsNotBelieved() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        disk.createFolder(FOLDER);
        OpenFiles files = new OpenFiles(disk, 10);
        Path path = FOLDER.resolve("x.index");
        SegmentIndex index = new SegmentIndex(files, path, 7, true);
        index.add(3, 300, 1);
        index.add(6, 600, 2);
        index.writeTail(600, 2);

        SegmentIndex loaded = new SegmentIndex(files, path, 7, false);
        assertThat(loaded.load(900)).isEqualTo(new SegmentIndex.Loaded(0, -1));
        assertThat(loaded.lastPosition()).isZero();
    }

    private static void checkFloors(SegmentIndex index, int[] offsets, int[] positions, long[] times, Random random)
            throws Exception {
        int last = offsets.length - 1;
        for (int i = 0; i < 50; i++) {
            int offset = random.nextInt(offsets[last] + 3);
            int position = random.nextInt(positions[last] + 3);
            long time = random.nextInt((int) Math.max(1, times[last] + 3));
            assertThat(index.floorByOffset(offset)).isEqualTo(floor(offsets, positions, offset, offsets));
            assertThat(index.floorByPosition(position)).isEqualTo(floor(offsets, positions, position, positions));
            int slot = -1;
            for (int j = 0; j <= last; j++) {
                slot = times[j] < time ? j : slot;
            }
            assertThat(index.floorByTimestamp(time))
                    .isEqualTo(slot < 0 ? 0 : (long) offsets[slot] << 32 | positions[slot]);
        }
    }

    private static long floor(int[] offsets, int[] positions, int wanted, int[] keys) {
        int slot = -1;
        for (int j = 0; j < keys.length; j++) {
            slot = keys[j] <= wanted ? j : slot;
        }
        return slot < 0 ? 0 : (long) offsets[slot] << 32 | positions[slot];
    }
}
