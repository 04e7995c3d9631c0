package io.sluice.system.hostile;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * A record batch of format v2 put together byte by byte, so that any field may be wrong.
 *
 * <pre>
 * 0            8        12      16      17    21           23
 * | baseOffset | length | epoch | magic | crc | attributes | lastOffsetDelta …
 * 27              35             43           51      53         57      61
 * | baseTimestamp | maxTimestamp | producerId | epoch | sequence | count | records
 * </pre>
 */
final class RawBatch {
    private static final int HEAD_BYTES = 61;
    private static final int CRC_AT = 17;
    private static final int CRC_FROM = 21;

    private final ByteBuffer bytes;

    private RawBatch(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** One batch with these encoded records and a right header. */
    static RawBatch of(int codec, int count, byte[] records) {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + records.length);
        long now = System.currentTimeMillis();
        bytes.putLong(0)
                .putInt(HEAD_BYTES - 12 + records.length)
                .putInt(-1)
                .put((byte) 2)
                .putInt(0)
                .putShort((short) codec)
                .putInt(count - 1)
                .putLong(now)
                .putLong(now)
                .putLong(-1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(count)
                .put(records)
                .flip();
        return new RawBatch(bytes).sealed();
    }

    /** One plain record with this value. */
    static RawBatch plain(String value) {
        return of(0, 1, record(0, value.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** A batch of {@code codec} whose single record claims and contains {@code zeros} zero bytes. */
    static RawBatch bomb(CompressionType codec, int zeros) {
        return packed(codec, 1, out -> {
            int body = 1 + 1 + 1 + 1 + ByteUtils.sizeOfVarint(zeros) + zeros + 1;
            ByteUtils.writeVarint(body, out);
            out.writeByte(0);
            ByteUtils.writeVarlong(0, out);
            ByteUtils.writeVarint(0, out);
            ByteUtils.writeVarint(-1, out);
            ByteUtils.writeVarint(zeros, out);
            byte[] chunk = new byte[1 << 16];
            for (int left = zeros; left > 0; left -= chunk.length) {
                out.write(chunk, 0, Math.min(left, chunk.length));
            }
            ByteUtils.writeVarint(0, out);
        });
    }

    interface Content {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** A batch of {@code codec} with a right header and whatever is written as its records. */
    static RawBatch packed(CompressionType codec, int count, Content content) {
        try (ByteBufferOutputStream packed = new ByteBufferOutputStream(1 << 20)) {
            try (DataOutputStream out =
                    new DataOutputStream(Compression.of(codec).build().wrapForOutput(packed, (byte) 2))) {
                content.writeTo(out);
            }
            ByteBuffer compressed = packed.buffer().flip();
            byte[] records = new byte[compressed.remaining()];
            compressed.get(records);
            return of(codec.id, count, records);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The encoding of one record with a null key and no headers. */
    static byte[] record(int offsetDelta, byte[] value) {
        ByteBuffer body = ByteBuffer.allocate(value.length + 32);
        body.put((byte) 0);
        ByteUtils.writeVarlong(0, body);
        ByteUtils.writeVarint(offsetDelta, body);
        ByteUtils.writeVarint(-1, body);
        ByteUtils.writeVarint(value.length, body);
        body.put(value);
        ByteUtils.writeVarint(0, body);
        body.flip();
        ByteBuffer whole = ByteBuffer.allocate(body.remaining() + 5);
        ByteUtils.writeVarint(body.remaining(), whole);
        whole.put(body).flip();
        byte[] bytes = new byte[whole.remaining()];
        whole.get(bytes);
        return bytes;
    }

    RawBatch baseOffset(long value) {
        bytes.putLong(0, value);
        return this;
    }

    RawBatch length(int value) {
        bytes.putInt(8, value);
        return this;
    }

    RawBatch magic(int value) {
        bytes.put(16, (byte) value);
        return this;
    }

    RawBatch attributes(int value) {
        bytes.putShort(21, (short) value);
        return sealed();
    }

    RawBatch lastOffsetDelta(int value) {
        bytes.putInt(23, value);
        return sealed();
    }

    RawBatch producer(long id, int epoch, int sequence) {
        bytes.putLong(43, id).putShort(51, (short) epoch).putInt(53, sequence);
        return sealed();
    }

    RawBatch count(int value) {
        bytes.putInt(57, value);
        return sealed();
    }

    RawBatch wrongCrc() {
        bytes.putInt(CRC_AT, bytes.getInt(CRC_AT) + 1);
        return this;
    }

    private RawBatch sealed() {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(CRC_FROM));
        bytes.putInt(CRC_AT, (int) crc.getValue());
        return this;
    }

    ByteBuffer bytes() {
        return bytes.duplicate();
    }
}
