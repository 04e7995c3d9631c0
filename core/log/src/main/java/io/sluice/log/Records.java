package io.sluice.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.compress.GzipCompression;
import org.apache.kafka.common.compress.Lz4Compression;
import org.apache.kafka.common.compress.ZstdCompression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.CloseableIterator;
import org.xerial.snappy.SnappyError;

/** The one place that touches Kafka's record classes: building and decoding batches. Stateless; any thread. */
public final class Records {
    private Records() {}

    /** Builds one batch without a producer; position to limit of the result is the batch. */
    public static ByteBuffer batch(Codec codec, List<LogRecord> records) {
        return batch(codec, records, -1, (short) -1, -1);
    }

    /** Builds one batch of an idempotent producer. */
    public static ByteBuffer batch(
            Codec codec, List<LogRecord> records, long producerId, short producerEpoch, int baseSequence) {
        Compression compression =
                Compression.of(CompressionType.forId(codec.ordinal())).build();
        return build(compression, records, producerId, producerEpoch, baseSequence, false);
    }

    private static ByteBuffer build(
            Compression compression,
            List<LogRecord> records,
            long producerId,
            short producerEpoch,
            int baseSequence,
            boolean transactional) {
        int estimate = BatchHeader.SIZE;
        for (LogRecord record : records) {
            estimate += 32
                    + record.key().map(ByteBuffer::remaining).orElse(0)
                    + record.value().map(ByteBuffer::remaining).orElse(0);
        }
        try (MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                new ByteBufferOutputStream(estimate),
                RecordBatch.MAGIC_VALUE_V2,
                compression,
                TimestampType.CREATE_TIME,
                0,
                RecordBatch.NO_TIMESTAMP,
                producerId,
                producerEpoch,
                baseSequence,
                transactional,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                Integer.MAX_VALUE)) {
            long offset = 0;
            for (LogRecord record : records) {
                builder.appendWithOffset(
                        offset++,
                        record.timestampMs(),
                        record.key().map(ByteBuffer::duplicate).orElse(null),
                        record.value().map(ByteBuffer::duplicate).orElse(null),
                        headers(record));
            }
            return builder.build().buffer().duplicate();
        }
    }

    private static Header[] headers(LogRecord record) {
        List<Header> headers = new ArrayList<>(record.headers().size());
        for (LogRecord.Header header : record.headers()) {
            headers.add(new RecordHeader(
                    header.name(), header.value().map(Records::bytes).orElse(null)));
        }
        return headers.toArray(new Header[0]);
    }

    /**
     * Hands over the records of all whole batches between position and limit, in order.
     *
     * @throws IllegalArgumentException when a batch cannot be decoded
     */
    public static void forEach(ByteBuffer batches, Consumer<LogRecord> consumer) {
        int at = batches.position();
        for (int size = BatchHeader.wholeBatchSize(batches, at, batches.limit());
                size > 0;
                size = BatchHeader.wholeBatchSize(batches, at, batches.limit())) {
            for (RecordBatch batch :
                    MemoryRecords.readableRecords(batches.slice(at, size)).batches()) {
                try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
                    while (records.hasNext()) {
                        consumer.accept(decoded(records.next()));
                    }
                } catch (KafkaException e) {
                    throw new IllegalArgumentException("a batch at byte " + at + " cannot be decoded", e);
                }
            }
            at += size;
        }
    }

    private static LogRecord decoded(Record record) {
        List<LogRecord.Header> headers = new ArrayList<>(record.headers().length);
        for (Header header : record.headers()) {
            headers.add(new LogRecord.Header(
                    header.key(), Optional.ofNullable(header.value()).map(ByteBuffer::wrap)));
        }
        return new LogRecord(
                record.offset(),
                record.timestamp(),
                Optional.ofNullable(record.key()),
                Optional.ofNullable(record.value()),
                headers);
    }

    /** The first record of a batch at or after a time, and not below an offset. */
    static Optional<TimestampedOffset> firstAtOrAfter(ByteBuffer batch, long timestampMs, long startOffset)
            throws IOException {
        int epoch = BatchHeader.leaderEpoch(batch, batch.position());
        for (RecordBatch whole : MemoryRecords.readableRecords(batch).batches()) {
            try (CloseableIterator<Record> records = whole.streamingIterator(BufferSupplier.NO_CACHING)) {
                while (records.hasNext()) {
                    Record record = records.next();
                    if (record.timestamp() >= timestampMs && record.offset() >= startOffset) {
                        return Optional.of(new TimestampedOffset(record.offset(), record.timestamp(), epoch));
                    }
                }
            } catch (KafkaException e) {
                throw new IOException("a batch cannot be decoded", e);
            }
        }
        return Optional.empty();
    }

    /** The batch with its records in another codec; everything else stays. */
    static ByteBuffer recompress(ByteBuffer batch, CompressionRule.Recompress rule) {
        List<LogRecord> records = new ArrayList<>();
        forEach(batch, records::add);
        int at = batch.position();
        return build(
                compression(rule),
                records,
                BatchHeader.producerId(batch, at),
                BatchHeader.producerEpoch(batch, at),
                BatchHeader.baseSequence(batch, at),
                BatchHeader.transactional(batch, at));
    }

    private static Compression compression(CompressionRule.Recompress rule) {
        if (rule.level().isEmpty()) {
            return Compression.of(CompressionType.forId(rule.codec().ordinal())).build();
        }
        int level = rule.level().getAsInt();
        return switch (rule.codec()) {
            case GZIP -> new GzipCompression.Builder().level(level).build();
            case LZ4 -> new Lz4Compression.Builder().level(level).build();
            case ZSTD -> new ZstdCompression.Builder().level(level).build();
            case NONE, SNAPPY ->
                Compression.of(CompressionType.forId(rule.codec().ordinal())).build();
        };
    }

    /**
     * Lets a check run over the uncompressed records of a compressed batch.
     *
     * @return what the check says
     * @throws IOException when they cannot be decompressed
     */
    static String checkCompressed(ByteBuffer batch, RecordCheck check, long most) throws IOException {
        Codec codec = Codec.of(BatchHeader.codecId(batch, batch.position()));
        ByteBuffer records = batch.slice(batch.position() + BatchHeader.SIZE, batch.remaining() - BatchHeader.SIZE);
        if (codec == Codec.SNAPPY && !SnappyFrames.areSane(records)) {
            throw new IOException("the lengths in the snappy stream are impossible");
        }
        try (InputStream in = Compression.of(CompressionType.forId(codec.ordinal()))
                .build()
                .wrapForInput(records, BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            return check.run(in, most);
        } catch (RuntimeException | SnappyError e) {
            // Codecs complain in many ways, one of them with an Error.
            throw new IOException("the records cannot be decompressed", e);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
