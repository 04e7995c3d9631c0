package io.sluice.kafka.peer;

import io.netty.buffer.ByteBuf;
import io.sluice.engine.EpochEndOffset;
import io.sluice.engine.ReplicaAnswer.Part;
import io.sluice.engine.ReplicaFetch.Ref;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.MalformedRequestException;
import io.sluice.kafka.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a replica reads of a fetch answer: by hand, so that the records stay where they are.
 *
 * <pre>
 *   int32 correlation id | tags | int32 throttle ms | int16 error | int32 session id
 *   | topics: [ uuid id | partitions: [ int32 index, int16 error, int64 high watermark, int64 last stable offset,
 *               int64 start offset, aborted: [ int64, int64, tags ], int32 preferred replica, records,
 *               tags: 0 = { int32 epoch, int64 end offset } where the logs diverge ] tags ] tags
 * </pre>
 *
 * @param parts valid while the frame is
 */
record FetchAnswerFrame(int correlationId, Errors error, int sessionId, List<Part> parts) {
    private static final int MIN_TOPIC_BYTES = 18;
    private static final int MIN_PARTITION_BYTES = 37;
    private static final int DIVERGING_TAG = 0;
    private static final ByteBuffer NO_RECORDS = ByteBuffer.allocate(0).asReadOnlyBuffer();

    static FetchAnswerFrame read(ByteBuf in) {
        int correlationId = WireReader.readInt(in);
        WireReader.skipTaggedFields(in);
        WireReader.readInt(in);
        Errors error = Errors.forCode(WireReader.readShort(in));
        int sessionId = WireReader.readInt(in);
        List<Part> parts = new ArrayList<>();
        int topics = WireReader.readArrayLength(in, true, MIN_TOPIC_BYTES);
        for (int i = 0; i < topics; i++) {
            UUID topicId = WireReader.readUuid(in);
            int partitions = WireReader.readArrayLength(in, true, MIN_PARTITION_BYTES);
            for (int j = 0; j < partitions; j++) {
                parts.add(readPart(in, topicId));
            }
            WireReader.skipTaggedFields(in);
        }
        return new FetchAnswerFrame(correlationId, error, sessionId, parts);
    }

    private static Part readPart(ByteBuf in, UUID topicId) {
        int index = WireReader.readInt(in);
        short error = WireReader.readShort(in);
        long highWatermark = WireReader.readLong(in);
        WireReader.readLong(in); // last stable offset
        long startOffset = WireReader.readLong(in);
        skipAborted(in);
        WireReader.readInt(in); // preferred replica
        int bytes = WireReader.readBytesLength(in, true);
        ByteBuffer records = bytes > 0 ? in.nioBuffer(in.readerIndex(), bytes) : NO_RECORDS;
        in.skipBytes(Math.max(0, bytes));
        EpochEndOffset diverging = readTags(in);
        return new Part(
                new Ref(topicId, index),
                ErrorCodes.readError(error),
                highWatermark,
                startOffset,
                Optional.ofNullable(diverging),
                records);
    }

    private static void skipAborted(ByteBuf in) {
        int count = WireReader.readUnsignedVarint(in) - 1;
        for (int i = 0; i < count; i++) {
            WireReader.readLong(in);
            WireReader.readLong(in);
            WireReader.skipTaggedFields(in);
        }
    }

    private static @Nullable EpochEndOffset readTags(ByteBuf in) {
        EpochEndOffset diverging = null;
        int count = WireReader.readUnsignedVarint(in);
        for (int i = 0; i < count; i++) {
            int tag = WireReader.readUnsignedVarint(in);
            int size = WireReader.readTagSize(in);
            int end = in.readerIndex() + size;
            if (tag == DIVERGING_TAG) {
                diverging = new EpochEndOffset(WireReader.readInt(in), WireReader.readLong(in));
                if (in.readerIndex() > end) {
                    throw new MalformedRequestException("a diverging epoch of " + size + " bytes");
                }
            }
            in.readerIndex(end);
        }
        return diverging;
    }
}
