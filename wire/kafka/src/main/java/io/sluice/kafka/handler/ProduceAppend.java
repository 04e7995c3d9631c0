package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.sluice.engine.AppendError;
import io.sluice.engine.AppendListener;
import io.sluice.engine.Checked;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.kafka.ErrorCodes;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One partition's part of a produce request, and what became of it. Filled on the connection's loop, run and completed
 * on the partition's home loop, read again on the connection's once all parts are complete.
 */
final class ProduceAppend implements AppendListener, Runnable {
    /** zstd needs a produce request of at least this version (KIP-110). */
    private static final int ZSTD_FROM = 7;

    private static final int BATCH_ATTRIBUTES_AT = 21;
    private static final int CODEC_MASK = 0x07;
    private static final int ZSTD = 4;

    private final ProduceOperation operation;
    private final int index;
    private @Nullable Partition partition;
    private @Nullable ByteBuffer batch;
    private Errors error = Errors.NONE;
    private @Nullable String message;
    private long baseOffset = -1;
    private long appendTimeMs = -1;
    private long logStartOffset = -1;

    ProduceAppend(ProduceOperation operation, int index) {
        this.operation = operation;
        this.index = index;
    }

    /** Checks the batch; what fails has its error and no partition to run at. */
    void prepare(Partition found, ByteBuf body, int bytes, short version) {
        if (bytes <= 0) {
            fail(Errors.INVALID_RECORD, "the request carries no records for " + found.id());
        } else {
            check(found, body.nioBuffer(body.readerIndex(), bytes), version);
        }
    }

    private void check(Partition found, ByteBuffer records, short version) {
        if (version < ZSTD_FROM && isZstd(records)) {
            fail(Errors.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs produce version " + ZSTD_FROM + " or later");
            return;
        }
        Checked checked = found.check(records);
        if (checked instanceof Checked.Accepted accepted) {
            partition = found;
            batch = accepted.batch();
        } else if (checked instanceof Checked.Refused refused) {
            fail(ErrorCodes.of(refused.error()), refused.message());
        }
    }

    private static boolean isZstd(ByteBuffer records) {
        return records.remaining() > BATCH_ATTRIBUTES_AT + 1
                && (records.getShort(records.position() + BATCH_ATTRIBUTES_AT) & CODEC_MASK) == ZSTD;
    }

    /** This broker does not hold the partition. */
    void absent(Engine engine, @Nullable String name, @Nullable UUID id) {
        Errors why = id != null ? Absent.byId(engine, id, index) : Absent.byName(engine, String.valueOf(name), index);
        String topic = id != null ? "with id " + id : String.valueOf(name);
        String text =
                switch (why) {
                    case NOT_LEADER_OR_FOLLOWER ->
                        "this broker does not lead partition " + index + " of topic " + topic;
                    case UNKNOWN_TOPIC_ID -> "no topic has the id " + id;
                    default -> "there is no partition " + index + " of a topic " + topic;
                };
        fail(why, text);
    }

    void fail(Errors with, String why) {
        error = with;
        message = why;
    }

    @Override
    public void run() {
        Partition target = partition;
        ByteBuffer records = batch;
        if (target == null || records == null) {
            throw new IllegalStateException("an append without a partition was started");
        }
        target.append(records, operation.acksWanted(), this);
    }

    @Override
    public void appended(long offset, long timeMs, long startOffset) {
        baseOffset = offset;
        appendTimeMs = timeMs;
        logStartOffset = startOffset;
        operation.completed();
    }

    @Override
    public void refused(AppendError why, String text) {
        fail(ErrorCodes.of(why), text);
        operation.completed();
    }

    int index() {
        return index;
    }

    @Nullable
    Partition partition() {
        return partition;
    }

    Errors error() {
        return error;
    }

    @Nullable
    String message() {
        return message;
    }

    long baseOffset() {
        return baseOffset;
    }

    long appendTimeMs() {
        return appendTimeMs;
    }

    long logStartOffset() {
        return logStartOffset;
    }
}
