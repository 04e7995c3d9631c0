package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchValidatorTest {
    private static final long NOW = 1_700_000_000_000L;

    private static Verdict check(ByteBuffer batch) {
        return BatchValidator.check(batch, BatchRules.DEFAULTS, NOW);
    }

    private static Verdict.Reason refusal(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return ((Verdict.Refused) verdict).reason();
    }

    private static ByteBuffer signed(ByteBuffer batch) {
        batch.putInt(17, BatchHeader.computeCrc(batch, 0, batch.limit()));
        return batch;
    }

    private static BatchRules rules(TimestampType type, CompressionRule compression, boolean keys) {
        return new BatchRules(1 << 20, type, Long.MAX_VALUE, 3_600_000, compression, keys);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void soundBatchesOfEveryCodecPass(Codec codec) {
        ByteBuffer batch = Records.batch(codec, Batches.records(NOW, "a", "b".repeat(20_000), ""));

        assertThat(check(batch)).isEqualTo(new Verdict.Accepted(batch));
    }

    @Test
    void nullKeysValuesAndHeadersPass() {
        LogRecord record = new LogRecord(
                0,
                NOW,
                Optional.empty(),
                Optional.empty(),
                List.of(
                        new LogRecord.Header("h", Optional.empty()),
                        new LogRecord.Header("", Optional.of(ByteBuffer.wrap(new byte[300])))));

        assertThat(check(Records.batch(Codec.NONE, List.of(record)))).isInstanceOf(Verdict.Accepted.class);
        assertThat(check(Records.batch(Codec.GZIP, List.of(record)))).isInstanceOf(Verdict.Accepted.class);
        assertThat(refusal(BatchValidator.check(
                        Records.batch(Codec.NONE, List.of(record)),
                        rules(TimestampType.CREATE_TIME, CompressionRule.AS_SENT, true),
                        NOW)))
                .isEqualTo(Verdict.Reason.INVALID_RECORD);
    }

    @Test
    void everyFlippedBitIsNoticed() {
        ByteBuffer batch = Batches.of(NOW, "a", "b");
        for (int bit = 0; bit < 8 * batch.limit(); bit++) {
            if (bit / 8 >= 12 && bit / 8 < 16) {
                continue; // the leader epoch is the broker's
            }
            flip(batch, bit);
            assertThat(check(batch.duplicate())).as("bit " + bit).isInstanceOf(Verdict.Refused.class);
            flip(batch, bit);
        }
        assertThat(check(batch)).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void everyTruncationIsNoticed() {
        ByteBuffer batch = Batches.of(NOW, "a", "b");
        for (int length = 0; length < batch.limit(); length++) {
            assertThat(check(batch.duplicate().limit(length))).isInstanceOf(Verdict.Refused.class);
        }
    }

    @Test
    void headerThatLiesIsRefused() {
        ByteBuffer twoForOne = signed(Batches.of(NOW, "a").putInt(57, 2).putInt(23, 1));
        ByteBuffer oneForTwo = signed(Batches.of(NOW, "a", "b").putInt(57, 1).putInt(23, 0));
        ByteBuffer gap = signed(Batches.of(NOW, "a", "b").putInt(23, 5));
        ByteBuffer negative = signed(Batches.of(NOW, "a").putInt(57, -1).putInt(23, -2));
        ByteBuffer control = signed(Batches.of(NOW, "a").putShort(21, (short) 0x20));
        ByteBuffer appendTime = signed(Batches.of(NOW, "a").putShort(21, (short) 0x08));
        ByteBuffer codec = signed(Batches.of(NOW, "a").putShort(21, (short) 6));
        ByteBuffer transactional = signed(Batches.of(NOW, "a").putShort(21, (short) 0x10));
        ByteBuffer noSequence = signed(Batches.from(1, 0, 0, "a").putInt(53, -1));
        ByteBuffer offset = Batches.of(NOW, "a").putLong(0, 4);

        for (ByteBuffer batch :
                List.of(twoForOne, oneForTwo, gap, negative, control, transactional, noSequence, offset)) {
            assertThat(refusal(check(batch))).isEqualTo(Verdict.Reason.INVALID_RECORD);
        }
        assertThat(refusal(check(appendTime))).isEqualTo(Verdict.Reason.INVALID_TIMESTAMP);
        assertThat(refusal(check(codec))).isEqualTo(Verdict.Reason.UNSUPPORTED_COMPRESSION);
    }

    @Test
    void compressedGarbageIsRefused() {
        Random random = new Random(1);
        for (Codec codec : List.of(Codec.GZIP, Codec.SNAPPY, Codec.LZ4, Codec.ZSTD)) {
            ByteBuffer batch = Records.batch(codec, Batches.records(NOW, "a", "b".repeat(1000)));
            for (int round = 0; round < 200; round++) {
                ByteBuffer garbled = ByteBuffer.allocate(batch.limit())
                        .put(batch.duplicate())
                        .flip();
                for (int i = 0; i < 1 + round % 5; i++) {
                    int at = 61 + random.nextInt(garbled.limit() - 61);
                    garbled.put(at, (byte) random.nextInt());
                }
                // Whatever comes out, it is a verdict.
                assertThat(check(signed(garbled))).isNotNull();
            }
            ByteBuffer noise =
                    ByteBuffer.allocate(batch.limit()).put(batch.duplicate()).flip();
            for (int at = 61; at < noise.limit(); at++) {
                noise.put(at, (byte) random.nextInt());
            }
            assertThat(check(signed(noise))).isInstanceOf(Verdict.Refused.class);
        }
    }

    @Test
    void decompressionBombIsRefused() {
        LogRecord zeros = LogRecord.of(NOW, new byte[0], new byte[16 << 20]);
        List<LogRecord> records = Collections.nCopies(20, zeros);
        ByteBuffer bomb = Records.batch(Codec.ZSTD, records);
        assertThat(bomb.limit()).isLessThan(1 << 20);

        assertThat(refusal(check(bomb))).isEqualTo(Verdict.Reason.INVALID_RECORD);
    }

    @Test
    void sizeMagicAndTimestampsAreJudged() {
        assertThat(refusal(check(Batches.of(NOW, "x".repeat(2 << 20))))).isEqualTo(Verdict.Reason.TOO_LARGE);
        assertThat(refusal(check(Batches.of(NOW, "a").put(16, (byte) 1)))).isEqualTo(Verdict.Reason.INVALID_RECORD);
        assertThat(refusal(check(Batches.of(NOW + 3_600_001, "a")))).isEqualTo(Verdict.Reason.INVALID_TIMESTAMP);
        assertThat(check(Batches.of(NOW + 3_600_000, "a"))).isInstanceOf(Verdict.Accepted.class);
        assertThat(check(Batches.of(0, "a"))).isInstanceOf(Verdict.Accepted.class);
        BatchRules hour = new BatchRules(
                1 << 20, TimestampType.CREATE_TIME, 3_600_000, 3_600_000, CompressionRule.AS_SENT, false);
        assertThat(refusal(BatchValidator.check(Batches.of(0, "a"), hour, NOW)))
                .isEqualTo(Verdict.Reason.INVALID_TIMESTAMP);
        ByteBuffer two = ByteBuffer.allocate(1000)
                .put(Batches.of(NOW, "a"))
                .put(Batches.of(NOW, "b"))
                .flip();
        assertThat(refusal(check(two))).isEqualTo(Verdict.Reason.INVALID_RECORD);
    }

    @Test
    void appendTimeIsStampedAndBatchStaysSound() {
        ByteBuffer batch = Batches.of(5, "a", "b");

        Verdict verdict =
                BatchValidator.check(batch, rules(TimestampType.LOG_APPEND_TIME, CompressionRule.AS_SENT, false), NOW);

        assertThat(verdict).isEqualTo(new Verdict.Accepted(batch));
        assertThat(BatchHeader.appendTime(batch, 0)).isTrue();
        assertThat(BatchHeader.computeCrc(batch, 0, batch.limit())).isEqualTo(BatchHeader.crc(batch, 0));
        Records.forEach(batch, record -> assertThat(record.timestampMs()).isEqualTo(NOW));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void batchIsReEncodedWhereTheTopicAsksForIt(Codec codec) {
        CompressionRule rule = new CompressionRule.Recompress(codec, OptionalInt.empty());
        ByteBuffer batch = Records.batch(Codec.SNAPPY, Batches.records(NOW, "a", "b"), 9, (short) 1, 33);

        Verdict verdict = BatchValidator.check(batch, rules(TimestampType.CREATE_TIME, rule, false), NOW);

        ByteBuffer accepted = ((Verdict.Accepted) verdict).batch();
        assertThat(BatchHeader.codecId(accepted, accepted.position())).isEqualTo(codec.ordinal());
        assertThat(BatchHeader.producerId(accepted, accepted.position())).isEqualTo(9);
        assertThat(BatchHeader.baseSequence(accepted, accepted.position())).isEqualTo(33);
        assertThat(Batches.values(accepted)).containsExactly("a", "b");
        assertThat(check(accepted)).isInstanceOf(Verdict.Accepted.class);
    }

    private static void flip(ByteBuffer batch, int bit) {
        batch.put(bit / 8, (byte) (batch.get(bit / 8) ^ (1 << (bit % 8))));
    }
}
