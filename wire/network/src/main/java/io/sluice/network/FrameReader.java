package io.sluice.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.sluice.base.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the byte stream into frames that begin with a four-byte length, and holds the stream back when the connection has
 * enough in flight.
 *
 * <pre>
 *   +----------------+---------------------+
 *   | int32 length L |  L bytes of payload |   L in 0..maxFrameBytes
 *   +----------------+---------------------+
 * </pre>
 *
 * <p>Small frames are slices of the buffer that the socket was read into. A frame that does not fit is received straight
 * into a buffer of its own: while one is under way, the channel's next read is given that buffer, so that a megabyte of
 * records is not copied again. Its buffer starts at the size of the largest frame this connection has completed lately
 * (4 KiB at first, 1 MiB at most) and grows as bytes come, so that a length alone buys no memory. Where memory is short
 * the frame waits; when it holds some and does not move either, its connection may be closed for others to go on.
 *
 * <p>Owned by the connection's loop, lives as long as the connection.
 */
final class FrameReader extends ChannelInboundHandlerAdapter implements ByteBudget.Holder {
    private static final Logger log = LoggerFactory.getLogger(FrameReader.class);
    private static final int READ_BYTES = 8 * 1024;
    private static final int FIRST_FRAME_BYTES = 4 * 1024;
    private static final int TRUSTED_BYTES_MAX = 1 << 20;
    private static final int GROWTH = 4;
    /** Growing copies: past this size memory is dearer than the copy. */
    private static final int LARGE_FRAME_BYTES = 1 << 20;

    private static final int LARGE_GROWTH = 2;
    private static final long RELIEF_PERIOD_MS = 500;
    private static final int LENGTH_BYTES = 4;

    private final ConnectionLimits limits;
    private final FrameMemory memory;
    private final Complaints complaints;
    private final Clock clock;
    private final long largestFrameBytes;

    private @Nullable ChannelHandlerContext ctx;
    /** The frame under way, when it did not fit the read buffer. */
    private @Nullable ByteBuf frame;

    private int frameBytes;
    /** Capacity of the frame under way. */
    private volatile int heldFrameBytes;

    private long received;
    /** For other threads to see. */
    private volatile long receivedBytes;

    private int lengthSoFar;
    private int lengthBytesSoFar;
    private int trustedBytes = FIRST_FRAME_BYTES;
    /** Bytes read but not cut yet, because the connection had enough in flight. */
    private @Nullable ByteBuf held;

    private int inFlight;
    private long inFlightBytes;
    private boolean awaitsMemory;
    private boolean awaitsGrowth;
    private boolean cutting;
    private boolean closed;
    private long frameStartNanos;
    private long lastActiveNanos;

    FrameReader(ConnectionLimits limits, FrameMemory memory, Complaints complaints, Clock clock) {
        this.limits = limits;
        this.memory = memory;
        this.complaints = complaints;
        this.clock = clock;
        this.largestFrameBytes = Math.min(limits.maxFrameBytes(), memory.largestFrameBytes());
        this.lastActiveNanos = clock.nanoTime();
    }

    /** Gives the channel its read buffers; a frame under way is one of them. */
    RecvByteBufAllocator readBuffers() {
        return new ReadBuffers();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        lastActiveNanos = clock.nanoTime();
        if (buffer == frame) {
            buffer.release(); // the reference that the read took
            finishFrameIfWhole(context);
            if (frame != null && !frame.isWritable()) {
                steer(context);
            }
            return;
        }
        if (held != null) {
            held = held.writeBytes(buffer);
            buffer.release();
            return;
        }
        cut(context, buffer);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        steer(context);
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    /** Cuts what can be cut; owns {@code buffer}. */
    private void cut(ChannelHandlerContext context, ByteBuf buffer) {
        cutting = true;
        try {
            while (buffer.isReadable() && !closed) {
                if (frame != null) {
                    int take = Math.min(buffer.readableBytes(), frameBytes - frame.writerIndex());
                    makeRoom(frame, take);
                    frame.writeBytes(buffer, take);
                    finishFrameIfWhole(context);
                } else if (mustWait()) {
                    held = context.alloc().directBuffer(buffer.readableBytes()).writeBytes(buffer);
                } else if (readLength(buffer)) {
                    startFrame(context, buffer);
                }
            }
        } finally {
            cutting = false;
            buffer.release();
        }
        steer(context);
    }

    private boolean readLength(ByteBuf buffer) {
        if (lengthBytesSoFar == 0 && buffer.readableBytes() >= LENGTH_BYTES) {
            frameBytes = buffer.readInt();
            return true;
        }
        while (lengthBytesSoFar < LENGTH_BYTES && buffer.isReadable()) {
            if (lengthBytesSoFar == 0) {
                frameStartNanos = clock.nanoTime();
            }
            lengthSoFar = (lengthSoFar << 8) | (buffer.readByte() & 0xff);
            lengthBytesSoFar++;
        }
        if (lengthBytesSoFar < LENGTH_BYTES) {
            return false;
        }
        frameBytes = lengthSoFar;
        lengthSoFar = 0;
        lengthBytesSoFar = 0;
        return true;
    }

    private void startFrame(ChannelHandlerContext context, ByteBuf buffer) {
        if (frameBytes < 0 || frameBytes > largestFrameBytes) {
            if (complaints.mayLog(log, clock.nanoTime())) {
                log.warn(
                        "closing remote={}: frame length {} is outside 0..{} ({})",
                        context.channel().remoteAddress(),
                        frameBytes,
                        largestFrameBytes,
                        memory.boundedBy());
            }
            close(context);
            return;
        }
        if (buffer.readableBytes() >= frameBytes) {
            account();
            context.fireChannelRead(buffer.readRetainedSlice(frameBytes));
            return;
        }
        frameStartNanos = clock.nanoTime();
        int least = Math.max(Math.min(frameBytes, FIRST_FRAME_BYTES), buffer.readableBytes());
        int wanted = Math.max(least, Math.min(frameBytes, trustedBytes));
        boolean granted = wanted > least && memory.tryTakeArriving(wanted);
        if (!granted) {
            memory.takeArriving(least);
        }
        ByteBuf target = context.alloc().directBuffer(granted ? wanted : least, frameBytes);
        begin(target);
        target.writeBytes(buffer);
    }

    private void begin(ByteBuf target) {
        frame = target;
        heldFrameBytes = target.capacity();
        if (heldFrameBytes > FIRST_FRAME_BYTES) {
            memory.arriving().add(this);
        }
    }

    private void endFrame() {
        frame = null;
        memory.giveBackArriving(heldFrameBytes);
        if (heldFrameBytes > FIRST_FRAME_BYTES) {
            memory.arriving().remove(this);
        }
        heldFrameBytes = 0;
    }

    private void finishFrameIfWhole(ChannelHandlerContext context) {
        ByteBuf whole = frame;
        if (whole == null || whole.writerIndex() < frameBytes) {
            return;
        }
        account(); // before the frame's part is given back, which wakes others
        endFrame();
        trustedBytes = Math.max(FIRST_FRAME_BYTES, Math.min(TRUSTED_BYTES_MAX, Math.max(frameBytes, trustedBytes / 2)));
        context.fireChannelRead(whole);
        if (!cutting) {
            steer(context);
        }
    }

    /** Room for bytes that are here already: they need no leave. */
    private void makeRoom(ByteBuf target, int more) {
        int needed = target.writerIndex() + more;
        if (needed > target.capacity() && !grow(target, Math.max(needed, grown(target)))) {
            memory.takeArriving(needed - target.capacity());
            resize(target, needed);
        }
    }

    private int grown(ByteBuf target) {
        int capacity = target.capacity();
        int factor = capacity < LARGE_FRAME_BYTES ? GROWTH : LARGE_GROWTH;
        return (int) Math.min((long) capacity * factor, frameBytes);
    }

    /** Counts the buffer of the frame under way, so that frames which never end use up the same budget. */
    private boolean grow(ByteBuf target, int capacity) {
        if (!memory.tryTakeArriving(capacity - target.capacity())) {
            return false;
        }
        resize(target, capacity);
        return true;
    }

    private void resize(ByteBuf target, int capacity) {
        target.capacity(capacity);
        heldFrameBytes = capacity;
        memory.arriving().add(this);
    }

    /** Whether the frame under way can take more bytes; if not, reading goes on once it can. */
    private boolean hasRoom(ByteBuf target) {
        if (target.isWritable()) {
            return true;
        }
        int capacity = grown(target);
        if (grow(target, capacity)) {
            return true;
        }
        if (!awaitsGrowth) {
            awaitsGrowth = true;
            ChannelHandlerContext context = context();
            memory.arriving().whenRoomFor(capacity - target.capacity(), () -> context.executor()
                    .execute(this::growthGranted));
            Future<?> unused =
                    context.executor().schedule(this::pressForGrowth, RELIEF_PERIOD_MS, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    private void growthGranted() {
        awaitsGrowth = false;
        resume();
    }

    private void pressForGrowth() {
        if (awaitsGrowth && !closed) {
            memory.arriving().relieve(clock.nanoTime());
            Future<?> unused =
                    context().executor().schedule(this::pressForGrowth, RELIEF_PERIOD_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public long heldBytes() {
        return heldFrameBytes;
    }

    @Override
    public long movedBytes() {
        return receivedBytes;
    }

    @Override
    public void evict() {
        ChannelHandlerContext context = context();
        context.executor().execute(() -> {
            if (frame == null) {
                return; // it has arrived after all
            }
            if (complaints.mayLog(log, clock.nanoTime())) {
                log.warn(
                        "closing remote={}: its frame of {} bytes holds {} of the memory that others wait for, and does"
                                + " not move ({})",
                        context.channel().remoteAddress(),
                        frameBytes,
                        heldFrameBytes,
                        memory.boundedBy());
            }
            close(context);
        });
    }

    private void account() {
        inFlight++;
        inFlightBytes += frameBytes;
        memory.take(frameBytes);
    }

    /** See {@link Connection#frameRead}. */
    void frameRead(int bytes) {
        if (!closed) {
            inFlightBytes -= bytes;
            memory.giveBack(bytes);
        }
    }

    /** See {@link Connection#frameDone}. */
    void frameDone(int bytes) {
        if (closed) {
            return; // everything was given back when the connection ended
        }
        inFlight--;
        inFlightBytes -= bytes;
        memory.giveBack(bytes);
        if (!cutting) {
            resume();
        }
    }

    private boolean mustWait() {
        if (inFlight >= limits.maxInFlight() || awaitsMemory) {
            return true;
        }
        if (inFlight > 0 && memory.exhausted()) {
            return true;
        }
        if (memory.exhausted()) {
            awaitMemory();
            return true;
        }
        return false;
    }

    private void awaitMemory() {
        awaitsMemory = true;
        ChannelHandlerContext context = context();
        memory.whenAvailable(() -> context.executor().execute(() -> {
            awaitsMemory = false;
            resume();
        }));
    }

    private void resume() {
        if (closed) {
            return;
        }
        ByteBuf waiting = held;
        if (waiting != null && !mustWait()) {
            held = null;
            cut(context(), waiting);
            context().fireChannelReadComplete();
        } else {
            steer(context());
        }
    }

    /** Reads on only while what was read can be worked on and answers leave. */
    private void steer(ChannelHandlerContext context) {
        if (closed) {
            return;
        }
        boolean read = held == null
                && (frame != null ? hasRoom(frame) : !mustWait())
                && context.channel().isWritable();
        ChannelConfig config = context.channel().config();
        if (config.isAutoRead() != read) {
            config.setAutoRead(read);
        }
    }

    /** Why the connection should be closed now, or null: it has been idle, or a frame has taken too long. */
    @Nullable
    String overdue(long nowNanos) {
        boolean frameBegun = frame != null || lengthBytesSoFar > 0;
        if (frameBegun && nowNanos - frameStartNanos > limits.frameDeadlineMs() * 1_000_000L) {
            return "a frame was begun and not completed within " + limits.frameDeadlineMs() + " ms";
        }
        if (limits.idleMs() > 0 && inFlight == 0 && nowNanos - lastActiveNanos > limits.idleMs() * 1_000_000L) {
            return "idle for more than " + limits.idleMs() + " ms (connections.max.idle.ms)";
        }
        return null;
    }

    private void close(ChannelHandlerContext context) {
        release();
        context.close();
    }

    private void release() {
        if (closed) {
            return;
        }
        closed = true;
        memory.giveBack(inFlightBytes);
        ByteBuf unfinished = frame;
        if (unfinished != null) {
            endFrame();
            unfinished.release();
        }
        if (held != null) {
            held.release();
            held = null;
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("the reader was used before its pipeline took it");
        }
        return context;
    }

    private final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
        @Override
        public Handle newHandle() {
            return new ReadHandle();
        }

        private final class ReadHandle extends MaxMessageHandle {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                ByteBuf target = frame;
                // A frame that may not grow now is read no further, but for what was under way.
                return target == null || !target.isWritable() ? allocator.directBuffer(READ_BYTES) : target.retain();
            }

            @Override
            public int guess() {
                return READ_BYTES;
            }

            @Override
            public void lastBytesRead(int bytes) {
                super.lastBytesRead(bytes);
                received += Math.max(bytes, 0);
                receivedBytes = received;
            }
        }
    }
}
