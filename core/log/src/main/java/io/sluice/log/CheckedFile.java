package io.sluice.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file that is replaced as a whole and read only if it is whole (S5).
 *
 * <pre>
 * magic (4) | version (4) | body | CRC-32C (4) of all before
 * </pre>
 */
final class CheckedFile {
    private static final int OVERHEAD = 12;

    private CheckedFile() {}

    /** Writes the body. */
    @FunctionalInterface
    interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** Replaces the file; when this returns it survives a power loss. Blocks. */
    static void write(Disk disk, Path path, int magic, int version, Body body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(magic);
            out.writeInt(version);
            body.writeTo(out);
            out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        }
        FileBytes.replace(disk, path, ByteBuffer.wrap(bytes.toByteArray()));
    }

    /** What a whole file holds. */
    record Content(int version, DataInputStream body) {}

    /**
     * The content; empty when there is no such file, or it is not whole, or newer than {@code newestVersion}. Blocks.
     */
    static Optional<Content> read(Disk disk, Path path, int magic, int newestVersion) throws IOException {
        if (disk.find(path).isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = FileBytes.readAll(disk, path).array();
        ByteBuffer all = ByteBuffer.wrap(bytes);
        if (bytes.length < OVERHEAD
                || all.getInt(0) != magic
                || all.getInt(4) < 1
                || all.getInt(4) > newestVersion
                || all.getInt(bytes.length - 4) != checksum(bytes, bytes.length - 4)) {
            return Optional.empty();
        }
        DataInputStream body = new DataInputStream(new ByteArrayInputStream(bytes, 8, bytes.length - OVERHEAD));
        return Optional.of(new Content(all.getInt(4), body));
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
