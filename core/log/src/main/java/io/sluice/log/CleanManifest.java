package io.sluice.log;

import io.sluice.base.EpochChain;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything about the logs of a data folder at a clean shutdown, so that the next start need not look at their files.
 * Written last, after all is flushed; taken away before anything is loaded (S4): from then on it is kept under another
 * name, because the states of producers in it still spare a recovery much reading.
 *
 * @param brokerEpoch the broker's at the shutdown; -1 when it was not registered
 * @param logs all of them
 * @param chain what the logs prove; written last, as it was not once
 */
record CleanManifest(long brokerEpoch, List<Entry> logs, EpochChain chain) {
    private static final String NAME = "clean-shutdown";
    private static final String USED_NAME = "last-clean-shutdown";
    private static final int MAGIC = 0x534C434D;

    CleanManifest {
        logs = List.copyOf(logs);
    }

    /**
     * @param summary the log; its flush point is its end
     * @param segments in order
     * @param producers at the end
     */
    record Entry(LogSummary summary, List<SegmentSummary> segments, Optional<ByteBuffer> producers) {}

    /** A segment: base offset, size in bytes, largest timestamp. */
    record SegmentSummary(long base, int size, long maxTimestamp) {}

    void write(Disk disk, Path dataFolder) throws IOException {
        CheckedFile.write(disk, dataFolder.resolve(NAME), MAGIC, LogSummary.VERSION, out -> {
            out.writeLong(brokerEpoch);
            out.writeInt(logs.size());
            for (Entry entry : logs) {
                write(entry, out);
            }
            EpochMark.writeChain(out, chain);
        });
    }

    /** The manifest of the last shutdown, if that was clean; from now on the next start is not. */
    static Optional<CleanManifest> take(Disk disk, Path dataFolder) throws IOException {
        Path path = dataFolder.resolve(NAME);
        if (disk.find(path).isEmpty()) {
            return Optional.empty();
        }
        Optional<CleanManifest> manifest = read(disk, path);
        disk.rename(path, dataFolder.resolve(USED_NAME));
        disk.syncFolder(dataFolder);
        return manifest;
    }

    /** The manifest that an earlier start took, if there was one. */
    static Optional<CleanManifest> lastTaken(Disk disk, Path dataFolder) throws IOException {
        return read(disk, dataFolder.resolve(USED_NAME));
    }

    private static Optional<CleanManifest> read(Disk disk, Path path) throws IOException {
        Optional<CheckedFile.Content> found = CheckedFile.read(disk, path, MAGIC, LogSummary.VERSION);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (DataInputStream in = found.get().body()) {
            long brokerEpoch = in.readLong();
            int count = in.readInt();
            List<Entry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                entries.add(readEntry(in, found.get().version()));
            }
            return Optional.of(new CleanManifest(brokerEpoch, entries, EpochMark.readChain(in, brokerEpoch)));
        }
    }

    private static void write(Entry entry, DataOutputStream out) throws IOException {
        entry.summary.writeTo(out);
        out.writeInt(entry.segments.size());
        for (SegmentSummary segment : entry.segments) {
            out.writeLong(segment.base);
            out.writeInt(segment.size);
            out.writeLong(segment.maxTimestamp);
        }
        byte[] producers = entry.producers.map(ByteBuffer::array).orElse(new byte[0]);
        out.writeInt(producers.length);
        out.write(producers);
    }

    private static Entry readEntry(DataInputStream in, int version) throws IOException {
        LogSummary summary = LogSummary.readFrom(in, version);
        int count = in.readInt();
        List<SegmentSummary> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            segments.add(new SegmentSummary(in.readLong(), in.readInt(), in.readLong()));
        }
        byte[] producers = new byte[in.readInt()];
        in.readFully(producers);
        return new Entry(
                summary, segments, producers.length == 0 ? Optional.empty() : Optional.of(ByteBuffer.wrap(producers)));
    }
}
