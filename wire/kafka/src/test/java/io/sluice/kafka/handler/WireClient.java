package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/** Sends requests of any version over a socket and reads the answers with Kafka's own classes. */
final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket;
    private int correlationId;

    WireClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
    }

    /** The answer, every byte of which belongs to it. */
    <R extends ApiMessage> R ask(ApiKeys api, int version, ApiMessage request) throws IOException {
        send(api, version, request);
        return receive(api, version);
    }

    void send(ApiKeys api, int version, ApiMessage request) throws IOException {
        short asked = (short) version;
        ByteBuffer header = MessageUtil.toByteBufferAccessor(
                        new RequestHeaderData()
                                .setRequestApiKey(api.id)
                                .setRequestApiVersion(asked)
                                .setCorrelationId(++correlationId)
                                .setClientId("wire-client"),
                        api.requestHeaderVersion(asked))
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, asked).buffer();
        ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + header.remaining() + body.remaining());
        frame.putInt(header.remaining() + body.remaining()).put(header).put(body);
        socket.getOutputStream().write(frame.array());
    }

    /** The answer to what was sent last. */
    @SuppressWarnings("unchecked") // the caller names the type of answer that the request has
    <R extends ApiMessage> R receive(ApiKeys api, int version) throws IOException {
        short asked = (short) version;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        Message head = new ResponseHeaderData();
        head.read(new ByteBufferAccessor(answer), api.responseHeaderVersion(asked));
        assertThat(((ResponseHeaderData) head).correlationId()).isEqualTo(correlationId);
        ApiMessage told = api.messageType.newResponse();
        told.read(new ByteBufferAccessor(answer), asked);
        assertThat(answer.hasRemaining()).as("bytes after the answer").isFalse();
        return (R) told;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
