package io.sluice.kafka.peer;

import io.netty.buffer.ByteBuf;
import io.sluice.base.Loop;
import io.sluice.engine.ReplicaAnswer;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaLink;
import io.sluice.kafka.MalformedRequestException;
import io.sluice.network.PeerAddress;
import io.sluice.network.PeerConnection;
import io.sluice.network.PeerConnections;
import io.sluice.network.PeerListener;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Fetches from one leader over a connection of its own, one request at a time. The connection is opened by the first
 * fetch, and anew by the first after it broke. When it breaks, an answer does not come in time, or the leader does not
 * know the session, the fetch fails and the next one begins a new session. Owned by its loop.
 */
final class FetchLink implements ReplicaLink {
    private final PeerConnections connections;
    private final Loop loop;
    private final int leaderId;
    private final PeerAddress address;
    private final long timeoutMs;
    private final LinkSession session = new LinkSession();

    private @Nullable PeerConnection connection;
    /** Who waits for the answer to the request under way; null while there is none. */
    private @Nullable Answer pending;

    private int correlationId;
    private long answerDueNanos;
    private boolean watching;
    private boolean closed;

    FetchLink(PeerConnections connections, Loop loop, int leaderId, PeerAddress address, long timeoutMs) {
        this.connections = connections;
        this.loop = loop;
        this.leaderId = leaderId;
        this.address = address;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public void fetch(ReplicaFetch request, Answer answer) {
        if (pending != null) {
            throw new IllegalStateException("a fetch from broker " + leaderId + " is under way");
        }
        pending = answer;
        answerDueNanos = loop.clock().nanoTime() + (request.maxWaitMs() + timeoutMs) * 1_000_000L;
        watch();
        PeerConnection to = connection;
        if (to == null || to.isClosed()) {
            to = connect();
        }
        correlationId++;
        to.send(FetchRequestFrame.encode(session.request(request), correlationId, to));
    }

    private PeerConnection connect() {
        Listener listener = new Listener();
        PeerConnection opened = connections.connect(loop, address, timeoutMs, Integer.MAX_VALUE, listener);
        listener.of = opened;
        connection = opened;
        return opened;
    }

    /** One timer watches over all requests, so that an answer in time costs none. */
    private void watch() {
        if (!watching) {
            watching = true;
            loop.schedule(timeoutMs, this::onWatch);
        }
    }

    private void onWatch() {
        watching = false;
        PeerConnection to = connection;
        if (pending == null || to == null || closed) {
            return;
        }
        if (loop.clock().nanoTime() - answerDueNanos >= 0) {
            to.close("no answer in time (replica.socket.timeout.ms is " + timeoutMs + ")");
        } else {
            watch();
        }
    }

    @Override
    public void close() {
        closed = true;
        pending = null;
        PeerConnection to = connection;
        if (to != null) {
            to.close("the link to broker " + leaderId + " is closed");
        }
    }

    private void finish(ReplicaAnswer with) {
        Answer waiting = pending;
        pending = null;
        if (waiting != null && !closed) {
            waiting.take(with);
        }
    }

    private void fail(String why) {
        session.reset();
        finish(new ReplicaAnswer.Failed("broker " + leaderId + " at " + address + ": " + why));
    }

    private void onAnswer(ByteBuf frame) {
        FetchAnswerFrame answer = FetchAnswerFrame.read(frame);
        if (answer.correlationId() != correlationId || pending == null) {
            throw new MalformedRequestException("an answer that nobody asked for");
        }
        if (answer.error() != Errors.NONE) {
            fail("it refused the fetch with " + answer.error());
            return;
        }
        session.answered(answer.sessionId());
        finish(new ReplicaAnswer.Fetched(answer.parts()));
    }

    /** Listens to one connection; what an older one still tells is of no interest. */
    private final class Listener implements PeerListener {
        private @Nullable PeerConnection of;

        @Override
        public void onFrame(ByteBuf frame) {
            if (of != connection) {
                return;
            }
            try {
                onAnswer(frame);
            } catch (MalformedRequestException e) {
                of().close("its answer cannot be read: " + e.getMessage());
            }
        }

        private PeerConnection of() {
            PeerConnection mine = of;
            if (mine == null) {
                throw new IllegalStateException("called before the connection was made");
            }
            return mine;
        }

        @Override
        public void onClosed(String why) {
            if (of == connection) {
                connection = null;
                fail(why);
            }
        }
    }
}
