package io.sluice.network;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.base.Cancellable;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import java.util.concurrent.TimeUnit;

/** A Netty event loop as the core's {@link Loop}: sockets and partitions share its thread. */
final class NettyLoop implements Loop {
    private final EventLoop eventLoop;
    private final int index;
    private final Clock clock;

    NettyLoop(EventLoop eventLoop, int index, Clock clock) {
        this.eventLoop = eventLoop;
        this.index = index;
        this.clock = clock;
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return eventLoop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        eventLoop.execute(task);
    }

    @Override
    public Cancellable schedule(long delayMs, Runnable task) {
        ScheduledFuture<?> future = eventLoop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public String toString() {
        return "loop-" + index;
    }
}
