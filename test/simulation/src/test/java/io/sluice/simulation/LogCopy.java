package io.sluice.simulation;

import io.sluice.log.LogRecord;
import io.sluice.log.LogSlice;
import io.sluice.log.PartitionLog;
import io.sluice.log.Records;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads what lies in a replica's log, records whole, past all that a client would be asked for. */
final class LogCopy {
    private static final int READ_BYTES = 64 * 1024;

    /** @param epoch of the leader that appended it */
    record Entry(long offset, int epoch, String value) {}

    private LogCopy() {}

    /** Hands over the records from {@code from} up to {@code to}. */
    static void read(PartitionLog log, long from, long to, Consumer<Entry> entries) throws Exception {
        long[] next = {from};
        while (next[0] < to) {
            long before = next[0];
            try (LogSlice slice = log.read(before, READ_BYTES, log.endPosition(), true)) {
                ByteBuffer bytes = ByteBuffer.allocate(slice.bytes());
                slice.readInto(bytes, 0);
                decode(bytes.flip(), entry -> {
                    if (entry.offset() >= next[0] && entry.offset() < to) {
                        entries.accept(entry);
                        next[0] = entry.offset() + 1;
                    }
                });
            }
            if (next[0] == before) {
                throw new IllegalStateException(
                        log.id() + " has nothing at offset " + before + " though it ends at " + log.endOffset());
            }
        }
    }

    /** The records of all whole batches. */
    static void decode(ByteBuffer batches, Consumer<Entry> entries) {
        int at = batches.position();
        while (batches.limit() - at >= BATCH_OVERHEAD) {
            int size = BATCH_LENGTH_AT + Integer.BYTES + batches.getInt(at + BATCH_LENGTH_AT);
            if (size > batches.limit() - at) {
                return;
            }
            int epoch = batches.getInt(at + BATCH_EPOCH_AT);
            Records.forEach(
                    batches.duplicate().position(at).limit(at + size), record -> entries.accept(entry(record, epoch)));
            at += size;
        }
    }

    // A batch begins with its base offset (8 bytes), its length from there on (4) and its leader epoch (4).
    private static final int BATCH_LENGTH_AT = 8;
    private static final int BATCH_EPOCH_AT = 12;
    private static final int BATCH_OVERHEAD = 61;

    private static Entry entry(LogRecord record, int epoch) {
        String value = record.value()
                .map(bytes -> StandardCharsets.UTF_8.decode(bytes.duplicate()).toString())
                .orElse("");
        int end = value.indexOf(' ');
        return new Entry(record.offset(), epoch, end < 0 ? value : value.substring(0, end));
    }
}
