package io.sluice.system.hostile;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Makes one request out of one seed: a body that follows the schema of some api and version, with values that are
 * likely to hurt, and then, half of the time, a few bytes changed. The same seed makes the same request.
 */
final class RequestFuzz {
    private static final int DEPTH_MAX = 6;
    private static final int BYTES_MAX = 60_000;

    private static final List<String> WORDS = List.of(
            "fuzz-a",
            "fuzz-b",
            "fuzz-group",
            "",
            "consumer",
            "range",
            "uniform",
            "__consumer_offsets",
            "../../etc/passwd",
            "a/b",
            "\u0000",
            "x".repeat(300),
            "ÜñïÇødé",
            "retention.ms",
            "segment.bytes",
            "-1",
            "compact",
            "(a|aa)+$",
            "1");

    private final Random random;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(buffer);

    RequestFuzz(long seed) {
        this.random = new Random(seed);
    }

    /** A frame's body: header, request, mutations. */
    ByteBuffer make(List<ApiKeys> apis) {
        ApiKeys api = apis.get(random.nextInt(apis.size()));
        short version = (short) (api.oldestVersion() + random.nextInt(api.latestVersion() - api.oldestVersion() + 1));
        try {
            out.writeShort(api.id);
            out.writeShort(version);
            out.writeInt(random.nextInt());
            out.writeShort(4);
            out.writeBytes("fuzz");
            if (api.requestHeaderVersion(version) >= 2) {
                out.writeByte(0);
            }
            write(api.messageType.requestSchemas()[version], "", 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] bytes = buffer.toByteArray();
        if (random.nextBoolean()) {
            bytes = mutate(bytes);
        }
        return ByteBuffer.wrap(bytes);
    }

    private void write(Type type, String name, int depth) throws IOException {
        if (type instanceof NullableSchema && random.nextInt(4) == 0) {
            out.writeByte(-1);
            return;
        }
        if (type instanceof Schema schema) {
            if (type instanceof NullableSchema) {
                out.writeByte(1);
            }
            for (BoundField field : schema.fields()) {
                write(field.def.type, field.def.name, depth + 1);
            }
            return;
        }
        if (type instanceof TaggedFields tagged) {
            writeTagged(tagged, depth);
            return;
        }
        if (type.arrayElementType().isPresent()) {
            writeArray(type, name, depth);
            return;
        }
        writePrimitive(type, name);
    }

    private void writeArray(Type type, String name, int depth) throws IOException {
        int count = depth > DEPTH_MAX || buffer.size() > BYTES_MAX ? 0 : smallCount();
        boolean isNull = type.isNullable() && random.nextInt(6) == 0;
        if (typeName(type).startsWith("COMPACT")) {
            ByteUtils.writeUnsignedVarint(isNull ? 0 : count + 1, out);
        } else {
            out.writeInt(isNull ? -1 : count);
        }
        for (int i = 0; i < count && !isNull; i++) {
            write(type.arrayElementType().orElseThrow(), name, depth + 1);
        }
    }

    private static String typeName(Type type) {
        return ((Type.DocumentedType) type).typeName();
    }

    private int smallCount() {
        int dice = random.nextInt(20);
        return dice == 0 ? 100 + random.nextInt(400) : dice < 4 ? 0 : 1 + random.nextInt(3);
    }

    private void writeTagged(TaggedFields tagged, int depth) throws IOException {
        if (random.nextInt(3) == 0) {
            ByteUtils.writeUnsignedVarint(0, out);
            return;
        }
        ByteUtils.writeUnsignedVarint(tagged.fields().size() + 1, out);
        int last = -1;
        for (java.util.Map.Entry<Integer, Field> field : new java.util.TreeMap<>(tagged.fields()).entrySet()) {
            RequestFuzz inner = new RequestFuzz(random.nextLong());
            inner.write(field.getValue().type, field.getValue().name, depth + 1);
            writeTag(field.getKey(), inner.buffer.toByteArray());
            last = field.getKey();
        }
        writeTag(last + 1 + random.nextInt(1000), new byte[random.nextInt(20)]);
    }

    private void writeTag(int tag, byte[] value) throws IOException {
        ByteUtils.writeUnsignedVarint(tag, out);
        ByteUtils.writeUnsignedVarint(value.length, out);
        out.write(value);
    }

    private void writePrimitive(Type type, String name) throws IOException {
        String typeName = typeName(type);
        switch (typeName) {
            case "BOOLEAN" -> out.writeByte(random.nextInt(3));
            case "INT8" -> out.writeByte((int) number(name));
            case "INT16", "UINT16" -> out.writeShort((int) number(name));
            case "INT32", "UINT32" -> out.writeInt((int) number(name));
            case "INT64" -> out.writeLong(number(name));
            case "FLOAT64" -> out.writeDouble(random.nextBoolean() ? Double.NaN : random.nextGaussian());
            case "UUID" -> {
                out.writeLong(random.nextInt(3) - 1);
                out.writeLong(random.nextInt(3) - 1);
            }
            default -> writeSized(typeName, type.isNullable());
        }
    }

    /** Small numbers mostly, and those at which arithmetic breaks. */
    private long number(String name) {
        if (name.equals("replica_id")) {
            return -1;
        }
        return switch (random.nextInt(12)) {
            case 0 -> Long.MAX_VALUE;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Integer.MAX_VALUE;
            case 3 -> Integer.MIN_VALUE;
            case 4 -> random.nextLong();
            case 5, 6 -> -1;
            case 7 -> random.nextInt(1000);
            default -> random.nextInt(3);
        };
    }

    private void writeSized(String typeName, boolean nullable) throws IOException {
        boolean compact = typeName.startsWith("COMPACT");
        boolean text = typeName.endsWith("STRING");
        if (nullable && random.nextInt(5) == 0) {
            if (compact) {
                ByteUtils.writeUnsignedVarint(0, out);
            } else if (text) {
                out.writeShort(-1);
            } else {
                out.writeInt(-1);
            }
            return;
        }
        byte[] value = text
                ? WORDS.get(random.nextInt(WORDS.size())).getBytes(java.nio.charset.StandardCharsets.UTF_8)
                : typeName.endsWith("RECORDS") ? records() : noise();
        if (compact) {
            ByteUtils.writeUnsignedVarint(value.length + 1, out);
        } else if (text) {
            out.writeShort(value.length);
        } else {
            out.writeInt(value.length);
        }
        out.write(value);
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(64)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] records() {
        RawBatch batch = random.nextBoolean() ? severalRecords() : RawBatch.plain("fuzz " + random.nextInt(100));
        switch (random.nextInt(12)) {
            case 0 -> batch.count((int) number(""));
            case 1 -> batch.attributes((int) number(""));
            case 2 -> batch.lastOffsetDelta((int) number(""));
            case 3 -> batch.producer(number(""), (int) number(""), (int) number(""));
            case 4 -> batch.length((int) number(""));
            case 5 -> batch.baseOffset(number(""));
            case 6 -> {
                return noise();
            }
            case 7 -> batch.magic(random.nextInt(4));
            default -> {
                // A right header: what is wrong, if anything, is inside.
            }
        }
        byte[] bytes = new byte[batch.bytes().remaining()];
        batch.bytes().get(bytes);
        return bytes;
    }

    /** Records of any codec under a right checksum; half of the time a few of their bytes are not what they should be. */
    private RawBatch severalRecords() {
        int count = 1 + random.nextInt(4);
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            records.writeBytes(RawBatch.record(i, noise()));
        }
        byte[] plain = records.toByteArray();
        if (random.nextBoolean()) {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                plain[random.nextInt(plain.length)] = (byte) number("");
            }
        }
        CompressionType codec = CompressionType.forId(random.nextInt(CompressionType.values().length));
        return RawBatch.packed(codec, count, out -> out.write(plain));
    }

    /** Flips, cuts, repeats and overwrites, mostly past the header. */
    private byte[] mutate(byte[] original) {
        byte[] bytes = original.clone();
        for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 8; i--) {
            int at = random.nextInt(8) == 0 ? random.nextInt(bytes.length) : 4 + random.nextInt(bytes.length - 4);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                case 2 -> bytes = java.util.Arrays.copyOf(bytes, at);
                case 3 -> bytes = java.util.Arrays.copyOf(bytes, bytes.length + random.nextInt(64));
                default -> {
                    for (int j = at; j < Math.min(at + 4, bytes.length); j++) {
                        bytes[j] = (byte) random.nextInt(256);
                    }
                }
            }
        }
        return bytes;
    }
}
