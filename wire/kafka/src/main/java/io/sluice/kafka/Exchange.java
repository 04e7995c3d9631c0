package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.sluice.network.Connection;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * One request and the one answer that it gets. Ended exactly once, from any thread; answers leave the connection in the
 * order of their requests.
 */
public final class Exchange {
    private final KafkaConnection connection;
    private final RequestHeader header;
    private final Handler handler;
    private ByteBuf frame;
    private int frameBytes;
    /** Written and read on the connection's loop. */
    private @Nullable Object answer;

    Exchange(KafkaConnection connection, RequestHeader header, Handler handler, ByteBuf frame, int frameBytes) {
        this.connection = connection;
        this.header = header;
        this.handler = handler;
        this.frame = frame;
        this.frameBytes = frameBytes;
    }

    public ApiKeys api() {
        return handler.api();
    }

    public short version() {
        return header.version();
    }

    public int correlationId() {
        return header.correlationId();
    }

    /** The client's name for itself, empty when it gave none. */
    public String clientId() {
        String id = header.clientId();
        return id == null ? "" : id;
    }

    /** The connection, for its loop, listener and addresses. */
    public Connection connection() {
        return connection.connection();
    }

    /** State that handlers keep per connection. */
    public ConnectionState state() {
        return connection.state();
    }

    public ByteBufAllocator allocator() {
        return connection.allocator();
    }

    /** What this connection's front end serves, as ApiVersions tells it. */
    public ApiVersionsResponseData.ApiVersionCollection advertised() {
        return connection.handlers().advertised();
    }

    /** Answers with a message. */
    public void respond(ApiMessage body) {
        respond(ResponseEncoder.encode(body, api(), version(), correlationId(), allocator()));
    }

    /**
     * Answers with what {@code body} makes once {@code stage} is done. A stage that fails closes the connection: what
     * can be answered is in its result.
     */
    public <T> void respondWhen(CompletionStage<T> stage, Function<T, ApiMessage> body) {
        stage.whenComplete((result, failure) -> {
            if (failure != null) {
                fail(failure);
                return;
            }
            ByteBuf answer;
            try {
                answer = ResponseEncoder.encode(body.apply(result), api(), version(), correlationId(), allocator());
            } catch (RuntimeException | OutOfMemoryError e) {
                fail(e);
                return;
            }
            respond(answer);
        });
    }

    /** Answers with a whole frame, length prefix included; takes over its reference. */
    public void respond(ByteBuf whole) {
        end(whole);
    }

    /** Answers with a frame in several parts, some of them file regions; takes over their references. */
    public void respond(FrameParts parts) {
        end(parts);
    }

    /** Answers with what {@code answer} encodes, on the connection's loop, while the request is still there. */
    public void respond(AnswerEncoder answer) {
        end(answer);
    }

    /** Ends a request that gets no answer (acks=0). */
    public void noAnswer() {
        end(Ending.NO_ANSWER);
    }

    /** Ends the connection, as Kafka does where an error cannot be told. */
    public void close(String reason) {
        end(new Ending.Close(reason));
    }

    /** Ends the connection because serving the request failed unexpectedly. */
    public void fail(Throwable failure) {
        connection.logFailure(this, failure);
        end(new Ending.Close("the request failed: " + failure));
    }

    private void end(Object with) {
        connection.end(this, with);
    }

    /**
     * Lets go of the frame: the request was decoded and needs its bytes no longer, however long the answer takes. On the
     * connection's loop.
     */
    void frameRead() {
        frame.release();
        frame = Unpooled.EMPTY_BUFFER;
        connection.connection().frameRead(frameBytes);
        frameBytes = 0;
    }

    /** Copies a frame that is a part of a larger read buffer, so that a request which must wait does not pin all of it. */
    void detachFrame() {
        if (frame.unwrap() == null) {
            return;
        }
        ByteBuf own = allocator()
                .directBuffer(frame.readableBytes())
                .writeBytes(frame, frame.readerIndex(), frame.readableBytes());
        frame.release();
        frame = own;
    }

    Handler handler() {
        return handler;
    }

    ByteBuf frame() {
        return frame;
    }

    int frameBytes() {
        return frameBytes;
    }

    @Nullable
    Object answer() {
        return answer;
    }

    void setAnswer(Object with) {
        answer = with;
    }

    /** Ways to end a request without bytes. */
    sealed interface Ending {
        Ending NO_ANSWER = new NoAnswer();

        record NoAnswer() implements Ending {}

        record Close(String reason) implements Ending {}
    }
}
