package io.sluice.network;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import io.sluice.base.Clock;
import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to other nodes, on this broker's own loops. Answers that are on their way over all of them share a
 * budget of memory; past it reading pauses. Host names are looked up on workers. Safe from any thread.
 */
public final class PeerConnections {
    /** A peer's requests are few and bounded by who sends them: its answers must be read whatever is still unsent. */
    private static final WriteBufferWaterMark NEVER_HELD_BACK =
            new WriteBufferWaterMark(Integer.MAX_VALUE / 2, Integer.MAX_VALUE - 1);

    private static final String BOUNDED_BY =
            "the memory for other brokers' answers, which is a share of the heap limit";

    private final NetworkLoops loops;
    private final Workers workers;
    private final Clock clock;
    private final FrameMemory memory;
    private final Complaints complaints = new Complaints();

    /** @param answerBytes of memory for answers that are on their way, over all connections */
    public PeerConnections(NetworkLoops loops, Workers workers, Clock clock, long answerBytes) {
        this.loops = loops;
        this.workers = workers;
        this.clock = clock;
        this.memory = new FrameMemory(answerBytes, BOUNDED_BY);
    }

    /** The loops that connections can be opened on. */
    public Loop loop(int index) {
        return loops.loops().all().get(index);
    }

    /**
     * Begins to connect. On {@code loop}.
     *
     * @param loop one of the network's loops; everything that the connection does happens there
     * @param timeoutMs for the connection to be established
     * @param maxFrameBytes the largest frame that is taken; one that is larger ends the connection
     */
    public PeerConnection connect(
            Loop loop, PeerAddress address, long timeoutMs, int maxFrameBytes, PeerListener listener) {
        PeerConnection connection = new PeerConnection(address, loop, loops.allocator(), listener);
        // Only the size of a frame is limited here: who asks limits how many answers can come.
        ConnectionLimits limits = new ConnectionLimits(1, 1, 0, 0, maxFrameBytes, 0, Integer.MAX_VALUE);
        FrameReader frames = new FrameReader(limits, memory, complaints, clock);
        Bootstrap bootstrap = bootstrap(loop, timeoutMs, new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.config().setRecvByteBufAllocator(frames.readBuffers());
                channel.pipeline().addLast(frames, connection.new Frames(frames));
            }
        });
        connect(bootstrap, loop, address, attempt -> {
            Channel channel = attempt.channel();
            if (channel == null) {
                connection.onFailed("cannot connect to " + address + ": " + attempt.why());
            } else {
                connection.onConnected(channel);
            }
        });
        return connection;
    }

    /** Tries to connect, and closes the connection if it can be made. Any thread; {@code result} is told on a loop. */
    public void probe(PeerAddress address, long timeoutMs, Consumer<Probe> result) {
        Loop loop = loop(0);
        loop.run(() -> connect(
                bootstrap(loop, timeoutMs, new ChannelInboundHandlerAdapter()),
                loop,
                address,
                attempt -> result.accept(attempt.close())));
    }

    /** How it went: a channel, or why there is none. */
    private record Attempt(@Nullable Channel channel, Probe found, String why) {
        static Attempt failed(Throwable cause) {
            boolean refused = cause instanceof ConnectException
                    && !(cause instanceof ConnectTimeoutException)
                    && String.valueOf(cause.getMessage()).contains("refused");
            return new Attempt(null, refused ? Probe.REFUSES : Probe.UNKNOWN, String.valueOf(cause.getMessage()));
        }

        static Attempt of(ChannelFuture connected) {
            Throwable cause = connected.cause();
            if (cause != null) {
                return failed(cause);
            }
            Channel channel = connected.channel();
            if (String.valueOf(channel.localAddress()).equals(String.valueOf(channel.remoteAddress()))) {
                // TCP lets a socket meet itself on a free port of this machine: nobody listens there.
                channel.close();
                return new Attempt(null, Probe.REFUSES, "connection refused: nobody listens there");
            }
            return new Attempt(channel, Probe.ACCEPTS, "");
        }

        Probe close() {
            if (channel != null) {
                channel.close();
            }
            return found;
        }
    }

    private Bootstrap bootstrap(Loop loop, long timeoutMs, ChannelHandler handler) {
        return new Bootstrap()
                .group(loops.eventLoopOf(loop))
                .channel(loops.clientChannel())
                .option(ChannelOption.ALLOCATOR, loops.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, NEVER_HELD_BACK)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeoutMs)))
                .handler(handler);
    }

    /** Looks the host up, connects, and tells {@code done} on the loop, never within this call. */
    private void connect(Bootstrap bootstrap, Loop loop, PeerAddress address, Consumer<Attempt> done) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(address.host());
        if (literal != null) {
            connectTo(bootstrap, loop, literal, address, done);
            return;
        }
        try {
            workers.execute(() -> {
                try {
                    byte[] found = InetAddress.getByName(address.host()).getAddress();
                    loop.execute(() -> connectTo(bootstrap, loop, found, address, done));
                } catch (UnknownHostException e) {
                    UnknownHostException unknown =
                            new UnknownHostException("no address is known for " + address.host());
                    loop.execute(() -> done.accept(Attempt.failed(unknown)));
                }
            });
        } catch (RejectedExecutionException e) {
            loop.execute(() -> done.accept(Attempt.failed(e)));
        }
    }

    private static void connectTo(
            Bootstrap bootstrap, Loop loop, byte[] host, PeerAddress address, Consumer<Attempt> done) {
        InetSocketAddress target;
        try {
            target = new InetSocketAddress(InetAddress.getByAddress(host), address.port());
        } catch (UnknownHostException e) {
            loop.execute(() -> done.accept(Attempt.failed(e)));
            return;
        }
        bootstrap
                .connect(target)
                .addListener((ChannelFuture connected) -> loop.execute(() -> done.accept(Attempt.of(connected))));
    }
}
