package io.sluice.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.base.SystemClock;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListenerTest {
    private final NetworkLoops loops = NetworkLoops.start(2, SystemClock.INSTANCE);
    private final Admission admission =
            new Admission(new ConnectionLimits(3, 2, 600_000, 60_000, 4 << 20, 64 << 20, 4));
    private Listener listener;

    @BeforeEach
    void listen() throws IOException {
        listener = bind(0);
        listener.open(new Echo());
    }

    private Listener bind(int port) throws IOException {
        return Listener.bind("TEST", new InetSocketAddress("127.0.0.1", port), loops, admission, SystemClock.INSTANCE);
    }

    @AfterEach
    void stop() {
        listener.close();
        loops.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", listener.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    @Test
    void framesOfAnySizeArriveWhole() throws IOException {
        Random random = new Random(7);
        try (Socket socket = connect()) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int i = 0; i < 200; i++) {
                byte[] payload = new byte[i % 10 == 0 ? random.nextInt(4 << 20) : random.nextInt(20_000)];
                random.nextBytes(payload);
                out.writeInt(payload.length);
                out.write(payload);
                out.flush();
                assertThat(in.readInt()).isEqualTo(payload.length);
                assertThat(in.readNBytes(payload.length)).isEqualTo(payload);
            }
        }
    }

    @Test
    void connectionsBeyondTheLimitOfAnAddressAreClosed() throws IOException {
        try (Socket one = connect();
                Socket two = connect();
                Socket three = connect()) {
            assertThat(three.getInputStream().read()).isEqualTo(-1);
            new DataOutputStream(one.getOutputStream()).writeInt(0);
            assertThat(new DataInputStream(one.getInputStream()).readInt()).isZero();
            assertThat(two.isClosed()).isFalse();
        }
    }

    @Test
    void busyPortIsRefusedWithAdvice() {
        int port = listener.address().getPort();
        assertThatThrownBy(() -> bind(port))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("in use")
                .hasMessageContaining("another port");
    }

    @Test
    void foreignAddressIsRefusedWithAdvice() {
        InetSocketAddress foreign = new InetSocketAddress("192.0.2.1", 0); // kept for documentation: nobody has it
        assertThatThrownBy(() -> Listener.bind("TEST", foreign, loops, admission, SystemClock.INSTANCE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("192.0.2.1:0")
                .hasMessageContaining("no such address here")
                .hasMessageContaining("advertised.listeners")
                .hasMessageNotContaining("error(");
    }

    private static final class Echo implements FrontEnd {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public ChannelHandler connectionHandler(Connection connection) {
            return new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                    ByteBuf frame = (ByteBuf) message;
                    int bytes = frame.readableBytes();
                    context.write(Unpooled.buffer(4).writeInt(bytes));
                    context.writeAndFlush(frame);
                    connection.frameDone(bytes);
                }
            };
        }
    }
}
