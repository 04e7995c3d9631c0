package io.sluice.system.crash;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * A record value that says what it is, so that a reader can tell a torn or swapped one.
 *
 * <pre>
 * 0        4        12                 n-4      n
 * | writer | number | noise by number  | crc32c |
 * </pre>
 *
 * @param writer which producer sent it
 * @param number the producer's running number within the partition, from 0
 */
public record Payload(int writer, long number) {
    private static final int HEAD_BYTES = 12;
    private static final int CRC_BYTES = 4;

    public byte[] bytes() {
        Random noise = new Random(number * 31 + writer);
        byte[] bytes = new byte[HEAD_BYTES + noise.nextInt(400) + CRC_BYTES];
        noise.nextBytes(bytes);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).putInt(0, writer).putLong(4, number);
        return buffer.putInt(bytes.length - CRC_BYTES, crc(bytes)).array();
    }

    /** Reads a value back; fails when it is not one that was ever written. */
    public static Payload parse(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < HEAD_BYTES + CRC_BYTES || buffer.getInt(bytes.length - CRC_BYTES) != crc(bytes)) {
            throw new AssertionError("a torn value of " + bytes.length + " bytes became visible");
        }
        return new Payload(buffer.getInt(0), buffer.getLong(4));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - CRC_BYTES);
        return (int) crc.getValue();
    }
}
