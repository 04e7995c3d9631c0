package io.sluice.network;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.sluice.base.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what one connection's client has not read yet towards the budget that all connections share. A client that
 * reads costs nothing here: its answers are gone by the end of the flush. Owned by the connection's loop, lives as long
 * as the connection.
 */
final class UnsentAnswers extends ChannelOutboundHandlerAdapter implements ByteBudget.Holder {
    private static final Logger log = LoggerFactory.getLogger(UnsentAnswers.class);
    /** A connection with less is not worth closing. */
    private static final int WORTH_EVICTING_BYTES = 16 * 1024;

    private static final long RELIEF_PERIOD_MS = 500;

    private final ByteBudget budget;
    private final Complaints complaints;
    private final Clock clock;
    private @Nullable ChannelHandlerContext ctx;
    private volatile @Nullable ChannelOutboundBuffer buffer;
    /** As counted in the budget. */
    private volatile long countedBytes;
    /** All that was ever found unsent. */
    private volatile long everUnsentBytes;

    private boolean watching;
    private long movedAtLastCheck;
    private long lastMovedNanos;
    private @Nullable Runnable resume;

    UnsentAnswers(ByteBudget budget, Complaints complaints, Clock clock) {
        this.budget = budget;
        this.complaints = complaints;
        this.clock = clock;
        this.lastMovedNanos = clock.nanoTime();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        buffer = context.channel().unsafe().outboundBuffer();
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        measure(context);
    }

    private void measure(ChannelHandlerContext context) {
        // Null once the channel is closed: everything unsent has been released.
        ChannelOutboundBuffer now = context.channel().unsafe().outboundBuffer();
        long unsent = now == null ? 0 : now.totalPendingWriteBytes();
        long counted = countedBytes;
        if (unsent == 0 && counted == 0) {
            return;
        }
        count(unsent, counted);
        if (unsent > 0 && !watching) {
            watching = true;
            // Done when all that is before it is sent, or when the channel closes.
            // Its own bytes are still counted when it is told, hence the task.
            context.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(done -> context.executor().execute(() -> {
                        watching = false;
                        measure(context);
                    }));
        }
    }

    private void count(long unsent, long counted) {
        countedBytes = unsent;
        if (unsent > counted) {
            long more = everUnsentBytes + (unsent - counted);
            everUnsentBytes = more;
            budget.take(unsent - counted);
        }
        if (unsent >= WORTH_EVICTING_BYTES) {
            budget.add(this);
        } else if (counted >= WORTH_EVICTING_BYTES) {
            budget.remove(this);
        }
        if (unsent < counted) {
            budget.giveBack(counted - unsent);
        }
    }

    /** Why the connection should be closed now, or null: its client has taken nothing of what waits for it. */
    @Nullable
    String overdue(long nowNanos, long idleMs) {
        ChannelOutboundBuffer now = context().channel().unsafe().outboundBuffer();
        // Bytes of the file region that is being sent show only as its progress.
        long moved = now == null ? 0 : movedBytes() + now.currentProgress();
        if (now == null || now.isEmpty() || moved != movedAtLastCheck) {
            movedAtLastCheck = moved;
            lastMovedNanos = nowNanos;
            return null;
        }
        return idleMs > 0 && nowNanos - lastMovedNanos > idleMs * 1_000_000L
                ? "no byte of its answers was read for " + idleMs + " ms (connections.max.idle.ms)"
                : null;
    }

    /** See {@link Connection#mayAnswer}. */
    boolean mayAnswer(Runnable onceItMay) {
        if (!budget.exhausted()) {
            return true;
        }
        boolean waits = resume != null;
        resume = onceItMay;
        if (!waits) {
            ChannelHandlerContext context = context();
            budget.whenRoomFor(1, () -> context.executor().execute(this::roomAgain));
            Future<?> unused = context.executor().schedule(this::press, RELIEF_PERIOD_MS, TimeUnit.MILLISECONDS);
        }
        return false;
    }

    boolean isShort() {
        return budget.exhausted();
    }

    private void roomAgain() {
        Runnable waiting = resume;
        resume = null;
        if (waiting != null) {
            waiting.run();
        }
    }

    private void press() {
        if (resume != null && context().channel().isOpen()) {
            budget.relieve(clock.nanoTime());
            Future<?> unused = context().executor().schedule(this::press, RELIEF_PERIOD_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public long heldBytes() {
        return countedBytes;
    }

    @Override
    public long movedBytes() {
        ChannelOutboundBuffer now = buffer;
        return everUnsentBytes - (now == null ? 0 : Math.min(countedBytes, now.totalPendingWriteBytes()));
    }

    @Override
    public void evict() {
        ChannelHandlerContext context = context();
        if (complaints.mayLog(log, clock.nanoTime())) {
            log.warn(
                    "closing remote={}: it does not read its answers, and others need the {} bytes that wait for it",
                    context.channel().remoteAddress(),
                    countedBytes);
        }
        context.channel().close();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("used before the pipeline took it");
        }
        return context;
    }
}
