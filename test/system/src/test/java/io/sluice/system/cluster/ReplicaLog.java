package io.sluice.system.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;

/**
 * The batches of one replica's segment files, one after the other, read with Kafka's own classes; each must be sound. One
 * file is open at a time. Owned by one thread.
 */
final class ReplicaLog implements AutoCloseable {
    /** One batch as a file has it. */
    record Batch(long baseOffset, long lastOffset, int leaderEpoch, long checksum, int bytes) {}

    private final String name;
    private final Deque<Path> files;
    private Optional<FileRecords> file = Optional.empty();
    private Iterator<FileChannelRecordBatch> batches = Collections.emptyIterator();
    private Optional<Batch> batch = Optional.empty();
    private long end;

    private ReplicaLog(String name, List<Path> files) {
        this.name = name;
        this.files = new ArrayDeque<>(files);
    }

    /** Opens a partition's folder and reads its first batch. */
    static ReplicaLog open(String name, Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            ReplicaLog log = new ReplicaLog(
                    name,
                    files.filter(each -> each.toString().endsWith(".log"))
                            .sorted()
                            .toList());
            log.advance();
            return log;
        }
    }

    boolean hasBatch() {
        return batch.isPresent();
    }

    Batch batch() {
        return batch.orElseThrow();
    }

    /** Where the present batch begins; the end if there is none. */
    long start() {
        return batch.map(Batch::baseOffset).orElse(end);
    }

    /** Past the last batch that was read. */
    long end() {
        return end;
    }

    void advance() throws IOException {
        while (!batches.hasNext() && !files.isEmpty()) {
            close();
            FileRecords next = FileRecords.open(files.poll().toFile(), false);
            file = Optional.of(next);
            batches = next.batches().iterator();
        }
        if (!batches.hasNext()) {
            batch = Optional.empty();
            return;
        }
        FileChannelRecordBatch found = batches.next();
        found.ensureValid();
        batch = Optional.of(new Batch(
                found.baseOffset(),
                found.lastOffset(),
                found.partitionLeaderEpoch(),
                found.checksum(),
                found.sizeInBytes()));
        end = found.lastOffset() + 1;
    }

    /** Goes to the first batch that begins at {@code offset} or later. */
    void skipTo(long offset) throws IOException {
        while (hasBatch() && batch().baseOffset() < offset) {
            advance();
        }
    }

    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            file.get().close();
            file = Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
