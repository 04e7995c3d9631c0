package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sluice.cluster.PeerService;
import io.sluice.network.Connection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the messages of another broker that come over one connection, in the format of {@link PeerFormat}. Each is
 * answered as soon as its answer is there. The bytes of a message count as those of a frame until then, so that all of
 * them share what there is for frames. Owned by the connection's loop.
 */
final class PeerCalls {
    private static final Logger log = LoggerFactory.getLogger(PeerCalls.class);

    private final Connection connection;
    private final PeerService service;
    private final ChannelHandlerContext context;
    private final Runnable onAnswered;
    private int unanswered;
    private boolean closed;

    /** @param onAnswered told whenever an answer was sent */
    PeerCalls(Connection connection, PeerService service, ChannelHandlerContext context, Runnable onAnswered) {
        this.connection = connection;
        this.service = service;
        this.context = context;
        this.onAnswered = onAnswered;
    }

    /** Whether every message was answered. */
    boolean isIdle() {
        return unanswered == 0;
    }

    static boolean isCall(ByteBuf frame) {
        return frame.readableBytes() >= RequestHeader.FIXED_BYTES
                && frame.getShort(frame.readerIndex()) == PeerFormat.API_KEY;
    }

    /**
     * Serves a frame for which {@link #isCall} holds; the frame stays the caller's.
     *
     * @throws MalformedRequestException when it is no message in a version that is known here
     */
    void onCall(ByteBuf frame) {
        int frameBytes = frame.readableBytes();
        RequestHeader header = RequestHeader.readFixed(frame);
        if (header.version() != PeerFormat.VERSION) {
            throw new MalformedRequestException("a broker's message in version " + header.version()
                    + "; this broker knows version " + PeerFormat.VERSION + ": update it first");
        }
        RequestHeader.skipClientId(frame);
        if (frame.readableBytes() > PeerFormat.MAX_MESSAGE_BYTES) {
            throw new MalformedRequestException("a broker's message of " + frame.readableBytes() + " bytes");
        }
        byte[] message = new byte[frame.readableBytes()];
        frame.readBytes(message);
        unanswered++;
        service.serve(connection, message)
                .whenComplete((answer, failure) ->
                        connection.loop().run(() -> onServed(header.correlationId(), frameBytes, answer, failure)));
    }

    private void onServed(int correlationId, int frameBytes, byte @Nullable [] answer, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        unanswered--;
        connection.frameDone(frameBytes);
        if (answer == null) {
            log.error("a broker's message over {} could not be served", connection, failure);
            context.close();
        } else if (answer.length > PeerFormat.MAX_MESSAGE_BYTES) {
            log.error(
                    "closing {}: the answer to a broker's message has {} bytes, more than the {} that one may have",
                    connection,
                    answer.length,
                    PeerFormat.MAX_MESSAGE_BYTES);
            context.close();
        } else {
            send(correlationId, answer);
            onAnswered.run();
        }
    }

    private void send(int correlationId, byte[] answer) {
        int length = PeerFormat.ANSWER_HEADER_BYTES + answer.length;
        ByteBuf frame = context.alloc().directBuffer(Integer.BYTES + length);
        frame.writeInt(length).writeInt(correlationId).writeBytes(answer);
        context.writeAndFlush(frame, context.voidPromise());
    }

    /** The connection is gone; what is still served is answered to nobody. */
    void onClosed() {
        closed = true;
        service.closed(connection);
    }
}
