package io.sluice.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/**
 * One blocking connection that speaks Kafka's protocol: a request, its answer, the next request. For the few calls
 * around a measurement, where the official client's retries and back-offs would be part of what is measured. Used by
 * one thread.
 */
final class Wire implements AutoCloseable {
    private static final int CONNECT_LIMIT_MS = 1_000;
    private static final int ANSWER_LIMIT_MS = 120_000;

    private final Socket socket;
    private final DataInputStream input;
    private int correlationId;

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.input = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    }

    static Wire connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_LIMIT_MS);
            socket.connect(address, CONNECT_LIMIT_MS);
            return new Wire(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sends the request and returns the body of its answer. */
    ByteBufferAccessor exchange(ApiKeys key, short version, ApiMessage request) throws IOException {
        correlationId++;
        ByteBuffer frame = Frames.request(key, version, correlationId, request);
        return exchange(frame, key, version, correlationId);
    }

    /** Sends a frame that was encoded before. */
    ByteBufferAccessor exchange(ByteBuffer frame, ApiKeys key, short version, int expectedCorrelationId)
            throws IOException {
        socket.getOutputStream().write(frame.array(), frame.arrayOffset() + frame.position(), frame.remaining());
        byte[] answer = new byte[input.readInt()];
        input.readFully(answer);
        ByteBuffer body = ByteBuffer.wrap(answer);
        Frames.openResponse(body, key, version, expectedCorrelationId);
        return new ByteBufferAccessor(body);
    }

    ApiVersionsResponseData apiVersions() throws IOException {
        short version = 3;
        ApiVersionsRequestData request = new ApiVersionsRequestData()
                .setClientSoftwareName(Frames.CLIENT_ID)
                .setClientSoftwareVersion("1");
        return new ApiVersionsResponseData(exchange(ApiKeys.API_VERSIONS, version, request), version);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
