package io.sluice.log;

import io.sluice.log.Verdict.Reason;
import io.sluice.log.Verdict.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks batches before they are appended, so that nothing gets into a log that a consumer could not read: header,
 * checksum, size, timestamps, and that the records are as many and as long as they claim. Compressed records are
 * streamed through, at most {@link #MOST_UNCOMPRESSED} bytes of them. Stateless; any thread.
 */
public final class BatchValidator {
    /** A batch that unpacks to more than this is refused. */
    static final long MOST_UNCOMPRESSED = 256L << 20;

    private static final long NO_TIMESTAMP = -1;

    private BatchValidator() {}

    /**
     * @param batch one batch from position to limit. Where the topic wants append times the batch is stamped in place
     * @param nowMs the broker's clock
     */
    public static Verdict check(ByteBuffer batch, BatchRules rules, long nowMs) {
        Refused refused = checkFrame(batch, rules.maxMessageBytes());
        if (refused == null) {
            refused = checkHeader(batch, batch.position());
        }
        if (refused == null && rules.timestampType() == TimestampType.CREATE_TIME) {
            refused = checkTimestamps(batch, rules, nowMs);
        }
        if (refused == null) {
            refused = checkRecords(batch, rules);
        }
        if (refused != null) {
            return refused;
        }
        ByteBuffer accepted = batch;
        if (rules.compression() instanceof CompressionRule.Recompress rule
                && rule.codec().ordinal() != BatchHeader.codecId(batch, batch.position())) {
            try {
                accepted = Records.recompress(batch, rule);
            } catch (IllegalArgumentException e) {
                return new Refused(Reason.CORRUPT, "the records cannot be decoded");
            }
        }
        if (rules.timestampType() == TimestampType.LOG_APPEND_TIME) {
            BatchHeader.stampAppendTime(accepted, accepted.position(), accepted.remaining(), nowMs);
        }
        return new Verdict.Accepted(accepted);
    }

    /** What is wrong with a batch that was in another replica's log, without a look at its records; empty when sound. */
    static Optional<String> damage(ByteBuffer batch) {
        Refused refused = checkFrame(batch, Integer.MAX_VALUE);
        if (refused != null) {
            return Optional.of(refused.message());
        }
        int at = batch.position();
        int delta = BatchHeader.lastOffsetDelta(batch, at);
        return delta < 0 || BatchHeader.baseOffset(batch, at) < 0
                ? Optional.of("it claims to begin at offset " + BatchHeader.baseOffset(batch, at) + " and to end "
                        + delta + " after it")
                : Optional.empty();
    }

    private static @Nullable Refused checkFrame(ByteBuffer batch, int maxBytes) {
        int at = batch.position();
        int size = batch.remaining();
        if (size > BatchHeader.LENGTH_END + 4 && BatchHeader.magic(batch, at) != BatchHeader.MAGIC) {
            return invalid("the batch has magic " + BatchHeader.magic(batch, at) + ", only 2 is taken");
        }
        if (size < BatchHeader.SIZE) {
            return new Refused(Reason.CORRUPT, "the batch of " + size + " bytes is shorter than its header");
        }
        int claimed = BatchHeader.sizeInBytes(batch, at);
        if (claimed < BatchHeader.SIZE || claimed > size) {
            return new Refused(Reason.CORRUPT, "the batch claims " + claimed + " bytes of " + size);
        }
        if (claimed < size) {
            return invalid("there is more than one batch for the partition");
        }
        if (size > maxBytes) {
            return new Refused(
                    Reason.TOO_LARGE, "the batch of " + size + " bytes is larger than max.message.bytes=" + maxBytes);
        }
        if (BatchHeader.computeCrc(batch, at, size) != BatchHeader.crc(batch, at)) {
            return new Refused(Reason.CORRUPT, "the checksum of the batch does not match");
        }
        return null;
    }

    private static @Nullable Refused checkHeader(ByteBuffer batch, int at) {
        int count = BatchHeader.count(batch, at);
        if (BatchHeader.baseOffset(batch, at) != 0) {
            return invalid("the base offset is " + BatchHeader.baseOffset(batch, at) + " instead of 0");
        }
        if (count <= 0 || BatchHeader.lastOffsetDelta(batch, at) != count - 1) {
            return invalid("the batch claims " + count + " records up to offset delta "
                    + BatchHeader.lastOffsetDelta(batch, at));
        }
        if (BatchHeader.control(batch, at)) {
            return invalid("control batches are not taken from clients");
        }
        if (!Codec.exists(BatchHeader.codecId(batch, at))) {
            return new Refused(Reason.UNSUPPORTED_COMPRESSION, "there is no codec " + BatchHeader.codecId(batch, at));
        }
        if (BatchHeader.appendTime(batch, at)) {
            return new Refused(Reason.INVALID_TIMESTAMP, "only the broker may mark a batch as stamped at append");
        }
        boolean idempotent = BatchHeader.producerId(batch, at) >= 0;
        if (idempotent && (BatchHeader.producerEpoch(batch, at) < 0 || BatchHeader.baseSequence(batch, at) < 0)) {
            return invalid("the batch has a producer id but no epoch or sequence");
        }
        if (!idempotent && BatchHeader.transactional(batch, at)) {
            return invalid("the batch is transactional but has no producer id");
        }
        return null;
    }

    private static @Nullable Refused checkTimestamps(ByteBuffer batch, BatchRules rules, long nowMs) {
        long base = BatchHeader.baseTimestamp(batch, batch.position());
        long max = BatchHeader.maxTimestamp(batch, batch.position());
        Refused refused = checkTimestamp(base, rules, nowMs);
        return refused != null ? refused : checkTimestamp(max, rules, nowMs);
    }

    private static @Nullable Refused checkTimestamp(long timestamp, BatchRules rules, long nowMs) {
        if (timestamp == NO_TIMESTAMP) {
            return null;
        }
        // Written so that no sum overflows.
        if (timestamp < NO_TIMESTAMP
                || nowMs - timestamp > rules.timestampBeforeMaxMs()
                || timestamp - nowMs > rules.timestampAfterMaxMs()) {
            return new Refused(
                    Reason.INVALID_TIMESTAMP,
                    "timestamp " + timestamp + " is not within " + rules.timestampBeforeMaxMs() + " ms before and "
                            + rules.timestampAfterMaxMs() + " ms after the broker's time " + nowMs);
        }
        return null;
    }

    private static @Nullable Refused checkRecords(ByteBuffer batch, BatchRules rules) {
        int at = batch.position();
        int codecId = BatchHeader.codecId(batch, at);
        RecordCheck check = new RecordCheck(BatchHeader.count(batch, at), rules.keysRequired());
        String problem;
        if (codecId == 0) {
            problem = check.run(batch, at + BatchHeader.SIZE, batch.limit());
        } else {
            try {
                problem = Records.checkCompressed(batch, check, MOST_UNCOMPRESSED);
            } catch (IOException e) {
                return new Refused(Reason.CORRUPT, "the records cannot be decompressed");
            }
        }
        return problem.isEmpty() ? null : invalid(problem);
    }

    private static Refused invalid(String message) {
        return new Refused(Reason.INVALID_RECORD, message);
    }
}
