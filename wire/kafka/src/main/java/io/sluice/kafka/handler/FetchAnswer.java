package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.PartitionImage;
import io.sluice.engine.EpochEndOffset;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.FrameParts;
import io.sluice.kafka.WireWriter;
import io.sluice.log.LogSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Writes a fetch response. Records of any size leave the page cache by sendfile; small ones are cheaper copied into the
 * answer, which then is one write.
 *
 * <pre>
 *   int32 length | int32 correlation id | [tags] | throttle ms | error (v7) | session id (v7)
 *   | topics: [ name or id (v13) | partitions: [ index, error, high watermark, last stable offset, start offset (v5),
 *                                                aborted, preferred replica (v11), records,
 *                                                tags: 0 = { epoch, end offset } where a replica diverges (v12),
 *                                                      1 = the leader (v16) ] ]
 *   | tags: 0 = where the leaders are (v16)
 * </pre>
 */
final class FetchAnswer {
    private static final int START_OFFSET_FROM = 5;
    private static final int PREFERRED_REPLICA_FROM = 11;
    /** From here on the answer tells who leads instead (KIP-951). */
    private static final int HINTS_FROM = 16;

    private static final int DIVERGING_TAG = 0;
    private static final int DIVERGING_BYTES = 13;
    private static final int LEADER_TAG = 1;
    /** Up to here copying beats a system call of its own. */
    private static final int INLINE_BYTES = 32 * 1024;
    /** All that is copied into one answer: past this, and where memory is short, even small records go by sendfile. */
    private static final int INLINE_BYTES_MAX = 256 * 1024;

    private final short version;
    private final boolean flexible;
    private final boolean readCommitted;
    private final LeaderHints hints;
    private final ByteBufAllocator allocator;
    private final FrameParts frame = new FrameParts();
    private final ByteBuf head;
    private ByteBuf out;
    private long regionBytes;
    private int inlineBytesLeft;

    private FetchAnswer(Exchange exchange, ClusterImage image, boolean readCommitted, ByteBufAllocator allocator) {
        this.version = exchange.version();
        this.hints = new LeaderHints(image, exchange.connection().listener());
        this.flexible = version >= FetchHandler.FLEXIBLE_FROM;
        this.readCommitted = readCommitted;
        this.allocator = allocator;
        this.inlineBytesLeft = exchange.connection().answersShort() ? 0 : INLINE_BYTES_MAX;
        this.head = allocator.directBuffer(256);
        this.out = head;
    }

    /**
     * Takes over the slices of {@code parts}; when it throws, they are still the caller's.
     *
     * @param image tells who leads what this broker does not
     */
    static FrameParts encode(
            Exchange exchange,
            ClusterImage image,
            int sessionId,
            boolean readCommitted,
            List<FetchOperation.Part> parts,
            ByteBufAllocator allocator)
            throws IOException {
        FetchAnswer answer = new FetchAnswer(exchange, image, readCommitted, allocator);
        try {
            answer.begin(exchange.correlationId(), sessionId);
            answer.topics(parts);
            return answer.finish(parts);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            answer.abandon();
            throw e;
        }
    }

    private void begin(int correlationId, int sessionId) {
        head.writeInt(0).writeInt(correlationId);
        WireWriter.writeNoTaggedFields(head, flexible);
        head.writeInt(0);
        if (version >= FetchHandler.SESSIONS_FROM) {
            head.writeShort(Errors.NONE.code());
            head.writeInt(sessionId);
        }
    }

    private void topics(List<FetchOperation.Part> parts) throws IOException {
        WireWriter.writeArrayLength(out, flexible, countRuns(parts));
        int at = 0;
        while (at < parts.size()) {
            int end = endOfRun(parts, at);
            topicKey(parts.get(at).target().key().topic());
            WireWriter.writeArrayLength(out, flexible, end - at);
            for (; at < end; at++) {
                partition(parts.get(at));
            }
            WireWriter.writeNoTaggedFields(out, flexible);
        }
        if (version >= HINTS_FROM) {
            hints.writeEndpoints(out);
        } else {
            WireWriter.writeNoTaggedFields(out, flexible);
        }
    }

    private static int countRuns(List<FetchOperation.Part> parts) {
        int runs = 0;
        for (int at = 0; at < parts.size(); at = endOfRun(parts, at)) {
            runs++;
        }
        return runs;
    }

    /** Partitions of one topic that follow each other share its entry. */
    private static int endOfRun(List<FetchOperation.Part> parts, int from) {
        FetchTarget.TopicKey topic = parts.get(from).target().key().topic();
        int end = from + 1;
        while (end < parts.size() && parts.get(end).target().key().topic().equals(topic)) {
            end++;
        }
        return end;
    }

    private void topicKey(FetchTarget.TopicKey key) {
        if (key instanceof FetchTarget.ById byId) {
            WireWriter.writeUuid(out, byId.id());
        } else {
            WireWriter.writeNullableString(out, flexible, ((FetchTarget.ByName) key).name());
        }
    }

    private void partition(FetchOperation.Part part) throws IOException {
        out.writeInt(part.target().key().index());
        out.writeShort(part.error().code());
        out.writeLong(part.highWatermark());
        out.writeLong(part.highWatermark()); // last stable offset: no transactions are open yet
        if (version >= START_OFFSET_FROM) {
            out.writeLong(part.startOffset());
        }
        WireWriter.writeArrayLength(out, flexible, readCommitted ? 0 : -1);
        if (version >= PREFERRED_REPLICA_FROM) {
            out.writeInt(part.nearest());
        }
        records(part.slice());
        if (flexible) {
            partitionTags(part);
        }
    }

    private void partitionTags(FetchOperation.Part part) {
        EpochEndOffset diverging = part.diverging();
        Optional<PartitionImage> leader = leaderToTell(part);
        WireWriter.writeUnsignedVarint(out, (diverging != null ? 1 : 0) + (leader.isPresent() ? 1 : 0));
        if (diverging != null) {
            WireWriter.writeUnsignedVarint(out, DIVERGING_TAG);
            WireWriter.writeUnsignedVarint(out, DIVERGING_BYTES);
            out.writeInt(diverging.epoch());
            out.writeLong(diverging.endOffset());
            WireWriter.writeNoTaggedFields(out, true);
        }
        leader.ifPresent(partition -> hints.writeLeader(out, LEADER_TAG, partition));
    }

    private Optional<PartitionImage> leaderToTell(FetchOperation.Part part) {
        boolean elsewhere = part.error() == Errors.NOT_LEADER_OR_FOLLOWER || part.error() == Errors.FENCED_LEADER_EPOCH;
        if (!elsewhere || version < HINTS_FROM) {
            return Optional.empty();
        }
        FetchTarget.Key key = part.target().key();
        return key.topic() instanceof FetchTarget.ById byId
                ? hints.find(null, byId.id(), key.index())
                : hints.find(((FetchTarget.ByName) key.topic()).name(), null, key.index());
    }

    private void records(@Nullable LogSlice slice) throws IOException {
        int bytes = slice == null ? 0 : slice.bytes();
        WireWriter.writeArrayLength(out, flexible, bytes);
        if (slice == null) {
            return;
        }
        Optional<FileChannel> channel = slice.channel();
        if (channel.isEmpty() || bytes <= Math.min(INLINE_BYTES, inlineBytesLeft)) {
            inlineBytesLeft -= bytes;
            copy(slice, bytes);
        } else {
            // The region takes a reference of its own, so that a failure later leaves the caller's untouched.
            frame.add(out);
            frame.add(new SliceRegion(channel.get(), slice.retain()));
            regionBytes += bytes;
            out = allocator.directBuffer(128);
        }
    }

    private void copy(LogSlice slice, int bytes) throws IOException {
        out.ensureWritable(bytes);
        ByteBuffer target = out.nioBuffer(out.writerIndex(), bytes);
        int copied = 0;
        while (copied < bytes) {
            int n = slice.readInto(target, copied);
            if (n <= 0) {
                throw new IOException("a log slice of " + bytes + " bytes ended after " + copied);
            }
            copied += n;
        }
        out.writerIndex(out.writerIndex() + bytes);
    }

    private FrameParts finish(List<FetchOperation.Part> parts) {
        frame.add(out);
        long length = regionBytes;
        for (Object piece : frame.parts()) {
            if (piece instanceof ByteBuf buffer) {
                length += buffer.readableBytes();
            }
        }
        head.setInt(0, (int) (length - Integer.BYTES));
        for (FetchOperation.Part part : parts) {
            LogSlice slice = part.slice();
            if (slice != null) {
                slice.close(); // regions hold their own references
            }
        }
        return frame;
    }

    private void abandon() {
        if (frame.parts().isEmpty() || frame.parts().get(frame.parts().size() - 1) != out) {
            frame.add(out);
        }
        frame.release();
    }
}
