package io.sluice.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.base.Loop;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that this broker opens to another: frames with a length out and in. What is sent before it is
 * established waits for that. It lives once: who wants another opens another.
 *
 * <pre>
 *   connecting ──▶ established ──▶ closed
 *       └───────── failed ───────────▲
 * </pre>
 *
 * <p>Owned by its loop; all methods are called there.
 */
public final class PeerConnection {
    private static final Logger log = LoggerFactory.getLogger(PeerConnection.class);

    private final PeerAddress address;
    private final Loop loop;
    private final ByteBufAllocator allocator;
    private final PeerListener listener;
    /** Sent before the connection was established. */
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>();

    private @Nullable Channel channel;
    private @Nullable String whyClosed;

    PeerConnection(PeerAddress address, Loop loop, ByteBufAllocator allocator, PeerListener listener) {
        this.address = address;
        this.loop = loop;
        this.allocator = allocator;
        this.listener = listener;
    }

    public PeerAddress address() {
        return address;
    }

    public Loop loop() {
        return loop;
    }

    /** Whether frames can be sent now without waiting. */
    public boolean isEstablished() {
        return channel != null && whyClosed == null;
    }

    public boolean isClosed() {
        return whyClosed != null;
    }

    /** Whether it ever was: if not, none of what was sent has left. */
    public boolean wasEstablished() {
        return channel != null;
    }

    /** An empty buffer for a frame to send. */
    public ByteBuf allocate(int bytes) {
        return allocator.directBuffer(bytes);
    }

    /**
     * Sends a whole frame, its length included; takes over its reference. Frames leave in order. That one could not be
     * sent is told by {@link PeerListener#onClosed}.
     */
    public void send(ByteBuf frame) {
        Channel open = channel;
        if (whyClosed != null) {
            frame.release();
        } else if (open == null) {
            early.add(frame);
        } else {
            open.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    /** Ends the connection; the listener is told of it afterwards. */
    public void close(String why) {
        end(why);
        Channel open = channel;
        if (open != null) {
            open.close();
        }
    }

    /** The socket is connected. */
    void onConnected(Channel connected) {
        if (whyClosed != null) {
            connected.close(); // called off meanwhile
            return;
        }
        channel = connected;
        for (ByteBuf frame = early.poll(); frame != null; frame = early.poll()) {
            send(frame);
        }
    }

    void onFailed(String why) {
        end(why);
    }

    private void end(String why) {
        if (whyClosed != null) {
            return;
        }
        whyClosed = why;
        early.forEach(ReferenceCountUtil::safeRelease);
        early.clear();
        loop.execute(() -> listener.onClosed(why));
    }

    @Override
    public String toString() {
        return "connection to " + address;
    }

    /** Takes the frames off the pipeline. */
    final class Frames extends ChannelInboundHandlerAdapter {
        private final FrameReader reader;

        Frames(FrameReader reader) {
            this.reader = reader;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf frame = (ByteBuf) message;
            int bytes = frame.readableBytes();
            try {
                if (whyClosed == null) {
                    listener.onFrame(frame);
                }
            } finally {
                frame.release();
                reader.frameDone(bytes);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(address + " closed the connection");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) {
                log.error("closing the connection to {}: what it sent could not be handled", address, cause);
            }
            close(cause.toString());
        }
    }
}
