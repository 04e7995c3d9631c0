package io.sluice.kafka.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;

/** A leader whose answers the test writes, with Kafka's own classes. */
final class ScriptedLeader implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;
    private static final short VERSION = ApiKeys.FETCH.latestVersion();

    private final ServerSocket server;
    private Optional<Socket> socket = Optional.empty();
    private int correlationId;

    ScriptedLeader() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout(TIMEOUT_MS);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next request, over a connection that is accepted if there is none. */
    FetchRequestData request() throws IOException {
        if (socket.isEmpty()) {
            Socket accepted = server.accept();
            accepted.setSoTimeout(TIMEOUT_MS);
            socket = Optional.of(accepted);
        }
        DataInputStream in = new DataInputStream(socket.get().getInputStream());
        ByteBuffer frame = ByteBuffer.wrap(in.readNBytes(in.readInt()));
        RequestHeaderData header =
                new RequestHeaderData(new ByteBufferAccessor(frame), ApiKeys.FETCH.requestHeaderVersion(VERSION));
        assertThat(header.requestApiKey()).isEqualTo(ApiKeys.FETCH.id);
        assertThat(header.requestApiVersion()).isEqualTo(VERSION);
        correlationId = header.correlationId();
        FetchRequestData request = new FetchRequestData(new ByteBufferAccessor(frame), VERSION);
        assertThat(frame.hasRemaining()).isFalse();
        return request;
    }

    void answer(FetchResponseData answer) throws IOException {
        ByteBuffer header = MessageUtil.toByteBufferAccessor(
                        new ResponseHeaderData().setCorrelationId(correlationId),
                        ApiKeys.FETCH.responseHeaderVersion(VERSION))
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(answer, VERSION).buffer();
        ByteBuffer frame = ByteBuffer.allocate(header.remaining() + body.remaining());
        answer(frame.put(header).put(body).array());
    }

    void answer(byte[] frame) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.orElseThrow().getOutputStream());
        out.writeInt(frame.length);
        out.write(frame);
    }

    void closeConnection() throws IOException {
        socket.orElseThrow().close();
        socket = Optional.empty();
    }

    /** Whether the other side closed the connection. */
    boolean isLeft() throws IOException {
        boolean left = socket.orElseThrow().getInputStream().read() == -1;
        closeConnection();
        return left;
    }

    @Override
    public void close() throws IOException {
        if (socket.isPresent()) {
            socket.get().close();
        }
        server.close();
    }
}
