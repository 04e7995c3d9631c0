package io.sluice.network;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import io.sluice.base.Loops;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the data plane, half as many as cores unless {@code num.network.threads} says otherwise (ADR 0005), each
 * an event loop that owns connections and partitions. Epoll where the platform has it, NIO elsewhere.
 */
public final class NetworkLoops implements AutoCloseable {
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
    private static final long QUIET_PERIOD_MS = 0;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private static final int DIRECT_CHUNK_ORDER = 9;
    private static final int PAGE_BYTES = 8192;

    private final MultiThreadIoEventLoopGroup group;
    private final ByteBufAllocator allocator;
    private final Class<? extends ServerChannel> serverChannel;
    private final Class<? extends Channel> clientChannel;
    private final Loops loops;
    private final Map<EventExecutor, Loop> byExecutor;

    private NetworkLoops(MultiThreadIoEventLoopGroup group, boolean epoll, Clock clock) {
        this.group = group;
        this.serverChannel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        this.clientChannel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        this.byExecutor = new IdentityHashMap<>();
        List<Loop> all = new ArrayList<>();
        for (EventExecutor executor : group) {
            Loop loop = new NettyLoop((EventLoop) executor, all.size(), clock);
            all.add(loop);
            byExecutor.put(executor, loop);
        }
        this.loops = new Loops(all);
        // Direct buffers only, in one arena per loop: the broker's heap stays small.
        this.allocator =
                new PooledByteBufAllocator(true, 0, loops.size(), PAGE_BYTES, DIRECT_CHUNK_ORDER, 64, 32, false);
    }

    /**
     * Starts {@code threads} loops.
     *
     * @param threads how many, at least 1
     */
    public static NetworkLoops start(int threads, Clock clock) {
        if (System.getProperty(LEAK_DETECTION) == null) {
            // Sampling buffers for leaks costs a stack trace each time; tests turn it on for every buffer.
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("loop", true), io);
        return new NetworkLoops(group, epoll, clock);
    }

    public Loops loops() {
        return loops;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    Class<? extends Channel> clientChannel() {
        return clientChannel;
    }

    /** The event loop behind one of {@link #loops}. */
    EventLoop eventLoopOf(Loop loop) {
        if (loop instanceof NettyLoop netty) {
            return netty.eventLoop();
        }
        throw new IllegalArgumentException(loop + " serves no sockets");
    }

    Loop loopOf(EventLoop eventLoop) {
        Loop loop = byExecutor.get(eventLoop);
        if (loop == null) {
            throw new IllegalStateException("a connection was registered with a foreign event loop: " + eventLoop);
        }
        return loop;
    }

    /** Stops the loops after the tasks that are already queued, waiting up to five seconds. */
    @Override
    public void close() {
        group.shutdownGracefully(QUIET_PERIOD_MS, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_TIMEOUT_MS + 1_000);
    }
}
