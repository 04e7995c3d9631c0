package io.sluice.kafka.peer;

import io.netty.buffer.ByteBuf;
import io.sluice.base.Loop;
import io.sluice.kafka.PeerFormat;
import io.sluice.network.PeerAddress;
import io.sluice.network.PeerConnection;
import io.sluice.network.PeerConnections;
import io.sluice.network.PeerListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One connection for messages to one broker, and the calls that wait for answers over it. Answers come in any order. When
 * a call has waited in vain and nothing at all has come since it was sent, the connection is taken for dead and closed.
 * Owned by its loop; ends with its connection.
 */
final class PeerLine implements PeerListener {
    /** Below what the other side reads of one connection before it answers. */
    static final int MAX_IN_FLIGHT = 64;

    static final int MAX_WAITING = 1_000;
    private static final int MAX_FRAME_BYTES = PeerFormat.ANSWER_HEADER_BYTES + PeerFormat.MAX_MESSAGE_BYTES;

    private final Loop loop;
    private final PeerConnection connection;
    /** Sent and not answered, by correlation id. */
    private final Map<Integer, PeerCall> inFlight = new TreeMap<>();

    private final ArrayDeque<PeerCall> waiting = new ArrayDeque<>();
    private int lastCorrelationId;
    private long framesCome;

    private PeerLine(PeerConnections connections, Loop loop, PeerAddress address, long connectTimeoutMs) {
        this.loop = loop;
        this.connection = connections.connect(loop, address, connectTimeoutMs, MAX_FRAME_BYTES, this);
    }

    static PeerLine open(PeerConnections connections, Loop loop, PeerAddress address, long connectTimeoutMs) {
        return new PeerLine(connections, loop, address, connectTimeoutMs);
    }

    PeerAddress address() {
        return connection.address();
    }

    boolean isClosed() {
        return connection.isClosed();
    }

    void call(PeerCall call) {
        if (connection.isClosed() || waiting.size() >= MAX_WAITING) {
            call.failUnsent(
                    connection.isClosed() ? "the connection is closed" : "too many messages wait for it already");
            return;
        }
        call.startTimer(loop, () -> onTimeout(call));
        waiting.add(call);
        sendWaiting();
    }

    private void sendWaiting() {
        while (inFlight.size() < MAX_IN_FLIGHT && !waiting.isEmpty() && !connection.isClosed()) {
            PeerCall next = waiting.remove();
            int id = ++lastCorrelationId;
            inFlight.put(id, next);
            next.sent(id, framesCome);
            connection.send(frame(id, next.message()));
        }
    }

    private ByteBuf frame(int correlationId, byte[] message) {
        int length = PeerFormat.REQUEST_HEADER_BYTES + message.length;
        return connection
                .allocate(Integer.BYTES + length)
                .writeInt(length)
                .writeShort(PeerFormat.API_KEY)
                .writeShort(PeerFormat.VERSION)
                .writeInt(correlationId)
                .writeShort(0)
                .writeBytes(message);
    }

    private void onTimeout(PeerCall call) {
        boolean sent = inFlight.remove(call.correlationId(), call);
        waiting.remove(call);
        call.fail("none within " + call.timeoutMs() + " ms");
        if (sent && call.framesBefore() == framesCome) {
            close("nothing has come for " + call.timeoutMs() + " ms");
        } else {
            sendWaiting();
        }
    }

    @Override
    public void onFrame(ByteBuf frame) {
        if (frame.readableBytes() < PeerFormat.ANSWER_HEADER_BYTES) {
            close("an answer of " + frame.readableBytes() + " bytes");
            return;
        }
        framesCome++;
        PeerCall call = inFlight.remove(frame.readInt());
        if (call == null) {
            return; // nobody waits for it any more
        }
        byte[] answer = new byte[frame.readableBytes()];
        frame.readBytes(answer);
        call.succeed(answer);
        sendWaiting();
    }

    void close(String why) {
        connection.close(why);
    }

    @Override
    public void onClosed(String why) {
        List<PeerCall> sent = new ArrayList<>(inFlight.values());
        List<PeerCall> unsent = new ArrayList<>(waiting);
        inFlight.clear();
        waiting.clear();
        sent.forEach(call -> {
            if (connection.wasEstablished()) {
                call.fail(why);
            } else {
                call.failUnsent(why);
            }
        });
        unsent.forEach(call -> call.failUnsent(why));
    }
}
