package io.sluice.bench;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;

/** Answers every frame as if it were a Produce request of version 13; a thread for each connection. */
final class FakeBroker implements AutoCloseable {
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final LongAdder requests = new LongAdder();
    private final byte[] answer;

    private FakeBroker(Errors error) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.answer = answer(error);
        threads.execute(this::accept);
    }

    static FakeBroker answering(Errors error) throws IOException {
        return new FakeBroker(error);
    }

    private static byte[] answer(Errors error) {
        ProduceResponseData response = new ProduceResponseData();
        response.responses()
                .add(new ProduceResponseData.TopicProduceResponse()
                        .setPartitionResponses(List.of(
                                new ProduceResponseData.PartitionProduceResponse().setErrorCode(error.code()))));
        ByteBuffer body = MessageUtil.toByteBufferAccessor(response, (short) 13).buffer();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    long requests() {
        return requests.sum();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            while (true) {
                byte[] frame = new byte[in.readInt()];
                in.readFully(frame);
                requests.increment();
                ByteBuffer reply = ByteBuffer.allocate(4 + 4 + 1 + answer.length);
                int correlationId = ByteBuffer.wrap(frame).getInt(Frames.CORRELATION_AT - Frames.SIZE_BYTES);
                reply.putInt(reply.capacity() - 4)
                        .putInt(correlationId)
                        .put((byte) 0)
                        .put(answer);
                out.write(reply.array());
            }
        } catch (IOException closed) {
            // The client has gone: nothing more to answer on this connection.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
    }
}
