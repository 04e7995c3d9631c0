package io.sluice.system.harness;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/** A connection below any client library: frames as bytes, well formed or not. Used by one thread. */
public final class RawConnection implements AutoCloseable {
    private static final int FRAME_BYTES_MAX = 128 * 1024 * 1024;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private int correlation;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Connects to loopback; {@code patience} bounds connecting and every single read. */
    public static RawConnection open(int port, Duration patience) throws IOException {
        return open(InetAddress.getLoopbackAddress().getHostAddress(), port, patience);
    }

    /** Connects to an address; {@code patience} bounds connecting and every single read. */
    public static RawConnection open(String host, int port, Duration patience) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) patience.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) patience.toMillis());
            return new RawConnection(socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Changes how long a single read may take. */
    public RawConnection patience(Duration value) throws IOException {
        socket.setSoTimeout((int) value.toMillis());
        return this;
    }

    /** Sends bytes as they are. */
    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /**
     * Sends the same bytes up to {@code times} times, but stops when they do not go out within {@code patience}: the
     * other side has stopped reading.
     */
    public void sendWithoutWaiting(byte[] bytes, int times, Duration patience) throws IOException {
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < times; i++) {
                    out.write(bytes);
                }
            } catch (IOException closed) {
                // The connection was closed under a writer that waited, as it was meant to be.
            }
        });
        writer.setDaemon(true);
        writer.start();
        try {
            writer.join(patience.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a length prefix and then the body. */
    public void sendFrame(ByteBuffer body) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(4 + body.remaining());
        frame.putInt(body.remaining()).put(body.duplicate());
        send(frame.array());
    }

    /** Reads the next frame's body. Throws {@link EOFException} when the broker has closed the connection. */
    public ByteBuffer readFrame() throws IOException {
        int length = in.readInt();
        if (length < 0 || length > FRAME_BYTES_MAX) {
            throw new IOException("the broker sent a frame of " + length + " bytes");
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return ByteBuffer.wrap(body);
    }

    /** Sends a request and returns its answer's body, past the header. */
    public ByteBufferAccessor call(ApiKeys api, short version, ApiMessage request) throws IOException {
        sendFrame(encode(api, version, ++correlation, request));
        ByteBuffer answer = readFrame();
        ResponseHeader header = ResponseHeader.parse(answer, api.responseHeaderVersion(version));
        if (header.correlationId() != correlation) {
            throw new IOException("answer " + header.correlationId() + " to request " + correlation);
        }
        return new ByteBufferAccessor(answer);
    }

    /** A request's bytes, header included, length prefix not. */
    public static ByteBuffer encode(ApiKeys api, short version, int correlation, ApiMessage request) {
        RequestHeader header = new RequestHeader(api, version, "raw", correlation);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion())
                .buffer();
        ByteBuffer body = MessageUtil.toByteBufferAccessor(request, version).buffer();
        return ByteBuffer.allocate(head.remaining() + body.remaining())
                .put(head)
                .put(body)
                .flip();
    }

    /** What the broker says it serves. */
    public ApiVersionsResponseData apiVersions() throws IOException {
        ApiVersionsRequestData request =
                new ApiVersionsRequestData().setClientSoftwareName("raw").setClientSoftwareVersion("1");
        return new ApiVersionsResponseData(call(ApiKeys.API_VERSIONS, (short) 3, request), (short) 3);
    }

    /** Whether the broker answers and lists itself as one that clients may turn to. */
    boolean brokerIsRegistered() throws IOException {
        MetadataRequestData request = new MetadataRequestData().setTopics(List.of());
        short version = 9;
        return !new MetadataResponseData(call(ApiKeys.METADATA, version, request), version)
                .brokers()
                .isEmpty();
    }

    /** Whether the broker knows of a partition of these topics of which not every replica is in sync. */
    public boolean someReplicaIsMissing(List<String> topics) throws IOException {
        return metadata(topics).topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition ->
                        partition.isrNodes().size() < partition.replicaNodes().size());
    }

    /** The replicas of a partition that are in sync as far as the broker knows; none when it knows no such partition. */
    public Set<Integer> inSync(String topic, int partition) throws IOException {
        return metadata(List.of(topic)).topics().stream()
                .flatMap(found -> found.partitions().stream())
                .filter(found -> found.partitionIndex() == partition)
                .flatMap(found -> found.isrNodes().stream())
                .collect(Collectors.toSet());
    }

    private MetadataResponseData metadata(List<String> topics) throws IOException {
        MetadataRequestData request = new MetadataRequestData()
                .setTopics(topics.stream()
                        .map(name -> new MetadataRequestData.MetadataRequestTopic().setName(name))
                        .toList());
        short version = 9;
        return new MetadataResponseData(call(ApiKeys.METADATA, version, request), version);
    }

    /** Waits for the broker to close the connection; false when something was still sent or nothing happened. */
    public boolean closedByBroker() throws IOException {
        try {
            return in.read() == -1;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
