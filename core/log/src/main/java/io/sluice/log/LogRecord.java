package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * One record, decoded. Buffers are read-only views; who keeps them beyond the batch they came from copies them.
 *
 * @param offset its offset; ignored when a batch is built
 * @param timestampMs milliseconds since the epoch
 * @param key empty for a null key
 * @param value empty for a null value (a tombstone)
 */
public record LogRecord(
        long offset, long timestampMs, Optional<ByteBuffer> key, Optional<ByteBuffer> value, List<Header> headers) {
    public LogRecord {
        headers = List.copyOf(headers);
    }

    /** A record to be written, without headers. */
    public static LogRecord of(long timestampMs, byte[] key, byte[] value) {
        return new LogRecord(
                -1, timestampMs, Optional.of(ByteBuffer.wrap(key)), Optional.of(ByteBuffer.wrap(value)), List.of());
    }

    /** A tombstone to be written. */
    public static LogRecord tombstone(long timestampMs, byte[] key) {
        return new LogRecord(-1, timestampMs, Optional.of(ByteBuffer.wrap(key)), Optional.empty(), List.of());
    }

    /** @param value empty for a null value */
    public record Header(String name, Optional<ByteBuffer> value) {}
}
