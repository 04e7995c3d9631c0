package io.sluice.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.base.Loop;
import io.sluice.base.SystemClock;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerConnectionTest {
    private static final int MAX_FRAME = 8 << 20;
    private static final long TIMEOUT_S = 20;

    private final NetworkLoops loops = NetworkLoops.start(1, SystemClock.INSTANCE);
    private final ExecutorService workers = Executors.newSingleThreadExecutor();
    private final PeerConnections connections =
            new PeerConnections(loops, workers::execute, SystemClock.INSTANCE, 64 << 20);
    private final Loop loop = connections.loop(0);
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setSoTimeout((int) TimeUnit.SECONDS.toMillis(TIMEOUT_S));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        loops.close();
        workers.shutdownNow();
    }

    /** Keeps what it is told for the test's thread. */
    private static final class Told implements PeerListener {
        private final BlockingQueue<byte[]> frames = new ArrayBlockingQueue<>(100);
        private final CompletableFuture<String> closed = new CompletableFuture<>();

        @Override
        public void onFrame(ByteBuf frame) {
            byte[] bytes = new byte[frame.readableBytes()];
            frame.readBytes(bytes);
            frames.add(bytes);
        }

        @Override
        public void onClosed(String why) {
            assertThat(closed.complete(why)).as("told only once").isTrue();
        }

        byte[] frame() throws InterruptedException {
            byte[] frame = frames.poll(TIMEOUT_S, TimeUnit.SECONDS);
            assertThat(frame).as("a frame within %s s", TIMEOUT_S).isNotNull();
            return frame;
        }

        String closed() throws Exception {
            return closed.get(TIMEOUT_S, TimeUnit.SECONDS);
        }
    }

    private PeerConnection connect(String host, int port, Told told) throws Exception {
        return onLoop(() -> connections.connect(loop, new PeerAddress(host, port), 10_000, MAX_FRAME, told));
    }

    private <T> T onLoop(java.util.function.Supplier<T> task) throws Exception {
        return CompletableFuture.supplyAsync(task, loop).get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static ByteBuf framed(byte[] payload) {
        return Unpooled.buffer().writeInt(payload.length).writeBytes(payload);
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private Socket accept() throws IOException {
        Socket accepted = server.accept();
        accepted.setSoTimeout((int) TimeUnit.SECONDS.toMillis(TIMEOUT_S));
        accepted.setTcpNoDelay(true);
        return accepted;
    }

    @Test
    void framesGoOutAndIn() throws Exception {
        Told told = new Told();
        PeerConnection connection = connect("127.0.0.1", server.getLocalPort(), told);
        loop.execute(() -> connection.send(framed(new byte[] {1, 2, 3}))); // may be before it is established
        try (Socket socket = accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readNBytes(in.readInt())).containsExactly(1, 2, 3);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            for (int size : new int[] {0, 5, 70_000, 5 << 20, 17}) {
                byte[] payload = randomBytes(size);
                out.writeInt(size);
                out.write(payload);
                assertThat(told.frame()).isEqualTo(payload);
            }
        }
        assertThat(told.closed()).contains("127.0.0.1:" + server.getLocalPort());
    }

    @Test
    void hostNamesAreLookedUp() throws Exception {
        Told told = new Told();
        connect("localhost", server.getLocalPort(), told);
        try (Socket socket = accept()) {
            new DataOutputStream(socket.getOutputStream()).writeInt(0);
            assertThat(told.frame()).isEmpty();
        }
    }

    @Test
    void frameThatComesByteByByteArrivesWhole() throws Exception {
        Told told = new Told();
        connect("127.0.0.1", server.getLocalPort(), told);
        try (Socket socket = accept()) {
            byte[] whole = framed(randomBytes(50)).array();
            for (int i = 0; i < 54; i++) {
                socket.getOutputStream().write(whole[i]);
            }
            assertThat(told.frame()).isEqualTo(randomBytes(50));
        }
    }

    @Test
    void connectionThatClosesInsideAFrameTellsOfNoFrame() throws Exception {
        Told told = new Told();
        connect("127.0.0.1", server.getLocalPort(), told);
        try (Socket socket = accept()) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(100_000);
            out.write(randomBytes(50_000));
        }
        assertThat(told.closed()).isNotEmpty();
        assertThat(told.frames).isEmpty();
    }

    @Test
    void frameThatIsTooLargeEndsTheConnection() throws Exception {
        Told told = new Told();
        connect("127.0.0.1", server.getLocalPort(), told);
        try (Socket socket = accept()) {
            new DataOutputStream(socket.getOutputStream()).writeInt(MAX_FRAME + 1);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(told.closed()).isNotEmpty();
    }

    @Test
    void negativeLengthEndsTheConnection() throws Exception {
        Told told = new Told();
        connect("127.0.0.1", server.getLocalPort(), told);
        try (Socket socket = accept()) {
            new DataOutputStream(socket.getOutputStream()).writeInt(-1);
            assertThat(told.closed()).isNotEmpty();
        }
    }

    @Test
    void closingIsToldWithItsReason() throws Exception {
        Told told = new Told();
        PeerConnection connection = connect("127.0.0.1", server.getLocalPort(), told);
        try (Socket socket = accept()) {
            loop.execute(() -> connection.close("the test is over"));
            assertThat(told.closed()).isEqualTo("the test is over");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        loop.execute(() -> connection.send(framed(new byte[1]))); // goes nowhere, and its buffer is released
        assertThat(onLoop(connection::isClosed)).isTrue();
    }

    @Test
    void refusedConnectionIsToldWithTheAddress() throws Exception {
        int port = server.getLocalPort();
        server.close();
        Told told = new Told();
        connect("127.0.0.1", port, told);
        assertThat(told.closed())
                .contains("cannot connect to 127.0.0.1:" + port)
                .contains("refused");
    }

    @Test
    void unknownHostIsTold() throws Exception {
        Told told = new Told();
        connect("no-such-host.invalid", 1, told);
        assertThat(told.closed()).contains("no-such-host.invalid");
    }

    private Probe probe(String host, int port, long timeoutMs) throws Exception {
        CompletableFuture<Probe> found = new CompletableFuture<>();
        connections.probe(new PeerAddress(host, port), timeoutMs, found::complete);
        return found.get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    @Test
    void probeTellsWhoAcceptsAndClosesItsConnection() throws Exception {
        assertThat(probe("127.0.0.1", server.getLocalPort(), 10_000)).isEqualTo(Probe.ACCEPTS);
        try (Socket socket = accept()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void probeTellsThatNobodyListens() throws Exception {
        int port = server.getLocalPort();
        server.close();
        for (int i = 0; i < 200; i++) { // never fooled by a socket that meets itself
            assertThat(probe("127.0.0.1", port, 10_000)).isEqualTo(Probe.REFUSES);
        }
    }

    @Test
    void probeOfANameThatNobodyHasTellsNothing() throws Exception {
        assertThat(probe("no-such-host.invalid", 1, 10_000)).isEqualTo(Probe.UNKNOWN);
    }

    @Test
    void probeOfAnAddressThatDoesNotAnswerTellsNothing() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket[] fill = new Socket[4]; // the system drops what does not fit the backlog
            for (int i = 0; i < fill.length; i++) {
                fill[i] = new Socket();
                try {
                    fill[i].connect(full.getLocalSocketAddress(), 200);
                } catch (IOException e) {
                    break; // the backlog is full
                }
            }
            assertThat(probe("127.0.0.1", full.getLocalPort(), 300)).isEqualTo(Probe.UNKNOWN);
            for (Socket socket : fill) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }
}
