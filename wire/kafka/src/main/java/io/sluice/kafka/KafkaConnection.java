package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.network.Connection;
import java.util.ArrayDeque;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka client's connection: reads the header of each frame, starts its handler, and sends the answers in the order
 * of the requests.
 *
 * <p>Requests are served one after the other, as Kafka does; only requests of one pipelined type (produce) overlap. The
 * frame reader bounds how many may wait here. Owned by the connection's loop.
 */
final class KafkaConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(KafkaConnection.class);

    private final Connection connection;
    private final HandlerTable handlers;
    private final ConnectionState state;
    /** Started and not yet answered, in order. */
    private final ArrayDeque<Exchange> started = new ArrayDeque<>();
    /** Not yet started, in order. */
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();

    private @Nullable ChannelHandlerContext ctx;
    private boolean flushQueued;
    private boolean starting;
    private boolean closed;

    KafkaConnection(Connection connection, HandlerTable handlers) {
        this.connection = connection;
        this.handlers = handlers;
        this.state = new ConnectionState(connection);
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
        if (closed) {
            return false;
        }
        Exchange last = started.peekLast();
        return last == null || (next.handler().pipelined() && last.handler() == next.handler());
    }

    private void start(Exchange exchange) {
        try {
            exchange.handler().handle(exchange.frame(), exchange);
        } catch (MalformedRequestException e) {
            exchange.close(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
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
        Object answer = with instanceof AnswerEncoder encoder && !closed ? encoder.encode(allocator()) : with;
        exchange.setAnswer(answer);
        exchange.frame().release();
        if (closed) {
            discard(answer);
            return;
        }
        sendReady();
        startWaiting();
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
            context.write(whole, context.voidPromise());
        } else if (answer instanceof FrameParts frame) {
            for (Object part : frame.parts()) {
                context.write(part, context.voidPromise());
            }
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

    private void flush() {
        flushQueued = false;
        context().flush();
    }

    /** Answers that are ready leave first, then the connection closes. */
    private void refuse(@Nullable String reason) {
        log.info("closing {}: {}", connection, reason);
        closed = true;
        context().writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
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
