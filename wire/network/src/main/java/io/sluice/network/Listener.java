package io.sluice.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening socket and the connections that it accepted, all of one protocol. Safe from any thread. */
public final class Listener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    private static final int BACKLOG = 1024;
    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

    private final String name;
    private final NetworkLoops loops;
    private final Admission admission;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final AtomicLong ids = new AtomicLong();
    private final Accepted accepted;
    private final Channel server;
    private final Clock clock;

    private Listener(
            String name, NetworkLoops loops, Admission admission, Accepted accepted, Channel server, Clock clock) {
        this.name = name;
        this.loops = loops;
        this.admission = admission;
        this.accepted = accepted;
        this.server = server;
        this.clock = clock;
    }

    /**
     * Binds, and accepts nothing before {@link #open}: clients that connect meanwhile wait in the backlog.
     *
     * @param name the listener's name, for the log and for choosing advertised addresses
     * @param address where to listen; port 0 picks a free one
     * @throws IOException when the address cannot be bound; the message says which and why
     */
    public static Listener bind(
            String name, InetSocketAddress address, NetworkLoops loops, Admission admission, Clock clock)
            throws IOException {
        return bind(name, address, loops, admission, clock, SocketBuffers.OF_THE_SYSTEM);
    }

    /** The same, with the sockets' buffers in the sizes asked for. */
    public static Listener bind(
            String name,
            InetSocketAddress address,
            NetworkLoops loops,
            Admission admission,
            Clock clock,
            SocketBuffers buffers)
            throws IOException {
        Accepted accepted = new Accepted();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
                .childHandler(accepted);
        buffers.applyTo(bootstrap);
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw bindFailure(name, address, bound.cause());
        }
        return new Listener(name, loops, admission, accepted, bound.channel(), clock);
    }

    /** Starts to accept, for {@code frontEnd}. Once. */
    public void open(FrontEnd frontEnd) {
        accepted.start(this, frontEnd);
        server.config().setAutoRead(true);
    }

    private static IOException bindFailure(String name, InetSocketAddress address, Throwable cause) {
        String where = address.getHostString() + ":" + address.getPort();
        return new IOException("cannot listen on " + where + " for " + name + ": " + bindAdvice(cause), cause);
    }

    /** What went wrong and what to do; the system's words differ between epoll and NIO. */
    private static String bindAdvice(Throwable cause) {
        String why = String.valueOf(cause.getMessage());
        if (why.contains("in use")) {
            return "the port is in use; another process listens there; stop it or choose another port with --listen";
        }
        if (why.contains("assign requested address") || why.contains("error(-99)")) {
            return "no such address here; check that the address belongs to this machine, or listen on 0.0.0.0 and name"
                    + " what clients should connect to in advertised.listeners";
        }
        if (why.contains("ermission denied") || why.contains("error(-13)")) {
            return "permission denied; ports below 1024 are for root: choose a higher one with --listen";
        }
        return why + "; check that the address belongs to this machine";
    }

    /** Where the socket listens, with the port that was really bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    public String name() {
        return name;
    }

    /** How many connections are open. */
    public int connectionCount() {
        return connections.size();
    }

    /** Stops accepting; connections go on. */
    public void stopAccepting() {
        server.close().awaitUninterruptibly();
    }

    /**
     * Stops accepting, lets each connection end once what it has begun is answered, and closes those that have not ended
     * after {@code withinMs}.
     */
    public void drain(long withinMs) {
        stopAccepting();
        ChannelGroupFuture ended = connections.newCloseFuture();
        connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(FrontEnd.DRAIN));
        ended.awaitUninterruptibly(withinMs);
        close();
    }

    /** Stops accepting and closes every connection. */
    @Override
    public void close() {
        stopAccepting();
        connections.close().awaitUninterruptibly();
    }

    private void onAccept(Channel channel, FrontEnd frontEnd) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        long now = clock.nanoTime();
        if (remote == null || !admission.admit(remote.getAddress(), now)) {
            channel.close();
            return;
        }
        long pauseNanos = admission.pauseNanos(now);
        if (pauseNanos > 0) {
            pauseAccepting(pauseNanos);
        }
        channel.closeFuture().addListener(closed -> admission.leave(remote.getAddress()));
        Loop loop = loops.loopOf(channel.eventLoop());
        FrameReader frames = new FrameReader(admission.limits(), admission.memory(), admission.complaints(), clock);
        channel.config().setRecvByteBufAllocator(frames.readBuffers());
        UnsentAnswers answers = new UnsentAnswers(admission.answers(), admission.complaints(), clock);
        Connection connection = new Connection(
                ids.incrementAndGet(),
                loop,
                remote,
                (InetSocketAddress) channel.localAddress(),
                name,
                frames,
                answers,
                admission.complaints());
        channel.pipeline().addLast(answers, frames, frontEnd.connectionHandler(connection), new LastResort(connection));
        connections.add(channel);
        Deadline.watch(channel, frames, answers, admission.limits().idleMs(), clock);
    }

    /** Who wants to connect meanwhile waits in the backlog. */
    private void pauseAccepting(long nanos) {
        server.config().setAutoRead(false);
        Future<?> unused =
                server.eventLoop().schedule(() -> server.config().setAutoRead(true), nanos, TimeUnit.NANOSECONDS);
    }

    /** Sets up accepted connections; there are none before the listener is open. */
    private static final class Accepted extends ChannelInitializer<Channel> {
        private record Target(Listener listener, FrontEnd frontEnd) {}

        private volatile @Nullable Target target;

        void start(Listener listener, FrontEnd frontEnd) {
            target = new Target(listener, frontEnd);
        }

        @Override
        protected void initChannel(Channel channel) {
            Target ready = target;
            if (ready == null) {
                channel.close();
            } else {
                ready.listener().onAccept(channel, ready.frontEnd());
            }
        }
    }

    /** Closes a connection whose handler threw, and says why. */
    private static final class LastResort extends ChannelInboundHandlerAdapter {
        private final Connection connection;

        LastResort(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException) {
                log.debug("{} ended: {}", connection, cause.getMessage());
            } else if (connection.mayComplain(log)) {
                log.warn("closing {}: its request could not be handled", connection, cause);
            }
            context.close();
        }
    }
}
