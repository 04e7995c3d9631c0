package io.sluice.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds batches for tests. */
public final class Batches {
    private Batches() {}

    /** One uncompressed batch with these values, one millisecond apart. */
    public static ByteBuffer of(long timestampMs, String... values) {
        return direct(Records.batch(Codec.NONE, records(timestampMs, values)));
    }

    /** One batch of an idempotent producer. */
    public static ByteBuffer from(long producerId, int epoch, int sequence, String... values) {
        return direct(
                Records.batch(Codec.NONE, records(1_700_000_000_000L, values), producerId, (short) epoch, sequence));
    }

    public static List<LogRecord> records(long timestampMs, String... values) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            records.add(LogRecord.of(timestampMs + i, bytes("key-" + i), bytes(values[i])));
        }
        return records;
    }

    /** The values of all records in these bytes. */
    public static List<String> values(ByteBuffer batches) {
        List<String> values = new ArrayList<>();
        Records.forEach(batches, record -> values.add(text(record.value().orElseThrow())));
        return values;
    }

    public static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer direct(ByteBuffer heap) {
        return ByteBuffer.allocateDirect(heap.remaining()).put(heap).flip();
    }
}
