package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sluice.cluster.PeerService;
import io.sluice.network.Connection;
import io.sluice.network.FrontEnd;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka client's connection: reads the header of each frame, starts its handler, and sends the answers in the order
 * of the requests.
 *
 * <p>Requests are served one after the other, as Kafka does; only requests of one pipelined type (produce) overlap. None
 * is started for a client that does not take its answers. The frame reader bounds how many may wait here. Messages of
 * other brokers pass by all that ({@link PeerCalls}). Owned by the connection's loop.
 */
final class KafkaConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(KafkaConnection.class);

    /** An answer of this size is handed to the socket before the next is made. */
    private static final int FLUSH_AT_ONCE_BYTES = 64 * 1024;

    /** Answers made in a row for one connection, in bytes. */
    private static final int TURN_BYTES = 128 * 1024;

    private static final long LAST_ANSWERS_MS = 5_000;

    private final Connection connection;
    private final HandlerTable handlers;
    private final ServiceGate gate;
    private final Optional<PeerService> peers;
    private final ConnectionState state;
    /** Started and not yet answered, in order. */
    private final ArrayDeque<Exchange> started = new ArrayDeque<>();
    /** Not yet started, in order. */
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();

    private final Runnable resume = this::startWaiting;

    private @Nullable ChannelHandlerContext ctx;
    /** There once another broker has sent a message over this connection. */
    private @Nullable PeerCalls calls;

    private boolean awaitsGate;
    private boolean flushQueued;
    /** An answer made of file regions is on its way; regions do not count for the channel's writability. */
    private boolean regionsUnsent;

    private boolean starting;
    /** Other connections have their turn before the next request is started. */
    private boolean yielded;

    private int answeredThisTurnBytes;
    /** Nothing more is started; once all is answered the connection closes. */
    private boolean draining;

    private boolean closed;

    KafkaConnection(Connection connection, HandlerTable handlers, ServiceGate gate, Optional<PeerService> peers) {
        this.connection = connection;
        this.handlers = handlers;
        this.gate = gate;
        this.peers = peers;
        this.state = new ConnectionState(connection, peers.isPresent());
    }

    Connection connection() {
        return connection;
    }

    ConnectionState state() {
        return state;
    }

    HandlerTable handlers() {
        return handlers;
    }

    ByteBufAllocator allocator() {
        return context().alloc();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf frame = (ByteBuf) message;
        int frameBytes = frame.readableBytes();
        if (peers.isPresent() && PeerCalls.isCall(frame)) {
            serveBroker(frame, peers.get());
            return;
        }
        Exchange exchange;
        try {
            exchange = open(frame, frameBytes);
        } catch (MalformedRequestException e) {
            frame.release();
            refuse(String.valueOf(e.getMessage()));
            return;
        }
        waiting.add(exchange);
        startWaiting();
        if (waiting.peekLast() == exchange) {
            exchange.detachFrame();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        startWaiting();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == FrontEnd.DRAIN) {
            draining = true;
            closeOnceDrained();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void closeOnceDrained() {
        PeerCalls open = calls;
        if (draining && !closed && started.isEmpty() && (open == null || open.isIdle())) {
            close();
        }
    }

    private void serveBroker(ByteBuf frame, PeerService service) {
        PeerCalls to = calls;
        if (to == null) {
            to = new PeerCalls(connection, service, context(), this::closeOnceDrained);
            calls = to;
        }
        try {
            to.onCall(frame);
        } catch (MalformedRequestException e) {
            refuse(String.valueOf(e.getMessage()));
        } finally {
            frame.release();
        }
    }

    private Exchange open(ByteBuf frame, int frameBytes) {
        RequestHeader fixed = RequestHeader.readFixed(frame);
        Handler handler = handlers.find(fixed.apiKey());
        if (handler == null) {
            throw new MalformedRequestException("API key " + fixed.apiKey() + " is not served");
        }
        boolean served = fixed.version() >= handler.oldestVersion() && fixed.version() <= handler.latestVersion();
        if (!served) {
            if (handler.api() != ApiKeys.API_VERSIONS) {
                throw new MalformedRequestException(handler.api().name + " v" + fixed.version() + " is not served");
            }
            // A newer client asks what there is: the answer is version 0 with error 35 (KIP-511).
            return new Exchange(this, fixed, handlers.unsupportedApiVersions(), frame, frameBytes);
        }
        return new Exchange(this, fixed.readRest(frame, handler.api()), handler, frame, frameBytes);
    }

    private void startWaiting() {
        if (starting) {
            return; // a handler that answers in place comes back here; the loop below goes on
        }
        starting = true;
        try {
            for (Exchange next = waiting.peek(); next != null && mayStart(next); next = waiting.peek()) {
                waiting.remove();
                started.add(next);
                start(next);
            }
        } finally {
            starting = false;
        }
    }

    private boolean mayStart(Exchange next) {
        if (closed
                || draining
                || yielded
                || regionsUnsent
                || !context().channel().isWritable()) {
            return false;
        }
        if (!gate.isOpen()) {
            awaitGate();
            return false;
        }
        Exchange last = started.peekLast();
        boolean mayOverlap = last == null || (next.handler().pipelined() && last.handler() == next.handler());
        return mayOverlap && connection.mayAnswer(resume);
    }

    private void awaitGate() {
        if (!awaitsGate) {
            awaitsGate = true;
            gate.whenOpen(() -> connection.loop().execute(resume));
        }
    }

    private void start(Exchange exchange) {
        try {
            exchange.handler().handle(exchange.frame(), exchange);
        } catch (MalformedRequestException e) {
            exchange.close(String.valueOf(e.getMessage()));
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            // Direct memory that cannot be had is an error of one request, too.
            exchange.fail(e);
        }
    }

    /** Takes an answer from any thread. */
    void end(Exchange exchange, Object with) {
        if (connection.loop().inLoop()) {
            onEnd(exchange, with);
        } else {
            connection.loop().execute(() -> onEnd(exchange, with));
        }
    }

    private void onEnd(Exchange exchange, Object with) {
        if (exchange.answer() != null) {
            discard(with);
            throw new IllegalStateException(exchange.api() + " was answered twice");
        }
        Object answer = with instanceof AnswerEncoder encoder && !closed ? encode(exchange, encoder) : with;
        exchange.setAnswer(answer);
        exchange.frame().release();
        if (closed) {
            discard(answer);
            return;
        }
        sendReady();
        startWaiting();
        closeOnceDrained();
    }

    private Object encode(Exchange exchange, AnswerEncoder encoder) {
        try {
            return encoder.encode(allocator());
        } catch (RuntimeException | OutOfMemoryError e) {
            logFailure(exchange, e);
            return new Exchange.Ending.Close("the answer could not be made: " + e);
        }
    }

    private void sendReady() {
        for (Exchange head = started.peek(); head != null && !closed; head = started.peek()) {
            Object answer = head.answer();
            if (answer == null) {
                return;
            }
            started.remove();
            send(answer);
            connection.frameDone(head.frameBytes());
        }
    }

    private void send(Object answer) {
        ChannelHandlerContext context = context();
        if (answer instanceof ByteBuf whole) {
            writeWhole(context, whole);
        } else if (answer instanceof FrameParts frame) {
            writeParts(context, frame.parts());
        } else if (answer instanceof Exchange.Ending.Close close) {
            refuse(close.reason());
            return;
        } else {
            return;
        }
        if (!flushQueued) {
            flushQueued = true;
            context.executor().execute(this::flush);
        }
    }

    /** A client that has a hundred large answers coming must not make all others wait for the last of them. */
    private void countTowardsTurn(int bytes) {
        answeredThisTurnBytes += bytes;
        if (answeredThisTurnBytes >= TURN_BYTES && !yielded) {
            yielded = true;
            context().executor().execute(() -> {
                yielded = false;
                answeredThisTurnBytes = 0;
                startWaiting();
            });
        }
    }

    private void writeWhole(ChannelHandlerContext context, ByteBuf whole) {
        int bytes = whole.readableBytes();
        context.write(whole, context.voidPromise());
        if (bytes >= FLUSH_AT_ONCE_BYTES) {
            context.flush(); // what stays must count before the next large one is made
        }
        countTowardsTurn(bytes);
    }

    private void writeParts(ChannelHandlerContext context, List<Object> parts) {
        int last = parts.size() - 1;
        for (int i = 0; i < last; i++) {
            context.write(parts.get(i), context.voidPromise());
        }
        if (parts.get(last) instanceof ByteBuf whole && last == 0) {
            writeWhole(context, whole); // no file region: the channel's writability tells whether it was taken
            return;
        }
        regionsUnsent = true;
        context.write(parts.get(last)).addListener(sent -> {
            regionsUnsent = false;
            startWaiting();
        });
    }

    private void flush() {
        flushQueued = false;
        context().flush();
    }

    /** Answers that are ready leave first, then the connection closes. */
    private void refuse(@Nullable String reason) {
        if (connection.mayComplain(log)) {
            log.info("closing {}: {}", connection, reason);
        }
        close();
    }

    private void close() {
        closed = true;
        ChannelHandlerContext context = context();
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        // A client that does not read must not keep a connection that is of no use.
        Future<?> unused = context.executor().schedule(() -> context.close(), LAST_ANSWERS_MS, TimeUnit.MILLISECONDS);
    }

    void logFailure(Exchange exchange, Throwable failure) {
        log.error(
                "{} v{} from {} (client id {}) failed",
                exchange.api().name,
                exchange.version(),
                connection,
                exchange.clientId(),
                failure);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        for (Exchange exchange : started) {
            Object answer = exchange.answer();
            if (answer != null) {
                discard(answer); // its frame is released already; the others release theirs when they end
            }
        }
        started.clear();
        waiting.forEach(exchange -> exchange.frame().release());
        waiting.clear();
        state.close();
        PeerCalls open = calls;
        if (open != null) {
            open.onClosed();
        }
        context.fireChannelInactive();
    }

    private static void discard(Object answer) {
        if (answer instanceof FrameParts parts) {
            parts.release();
        } else {
            ReferenceCountUtil.safeRelease(answer);
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("used before the pipeline took it");
        }
        return context;
    }
}
