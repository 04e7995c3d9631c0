package io.sluice.kafka.peer;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.PeerException;
import io.sluice.cluster.PeerMessages;
import io.sluice.kafka.PeerFormat;
import io.sluice.network.PeerAddress;
import io.sluice.network.PeerConnections;
import io.sluice.network.Probe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Messages to other brokers, one connection to each, opened by the first message. All connections are on one loop, which
 * alone knows them.
 */
public final class BrokerMessages implements PeerMessages, AutoCloseable {
    private final PeerConnections connections;
    private final InterBrokerListener listener;
    private final Loop control;
    private final Loop loop;
    /** Open connections by broker id; on the loop. */
    private final Map<Integer, PeerLine> lines = new TreeMap<>();

    private boolean closed;

    /** @param control where answers are told */
    public BrokerMessages(PeerConnections connections, InterBrokerListener listener, Loop control) {
        this.connections = connections;
        this.listener = listener;
        this.control = control;
        this.loop = connections.loop(0);
    }

    @Override
    public CompletionStage<byte[]> call(BrokerInfo broker, byte[] request, long timeoutMs) {
        PeerCall call = new PeerCall("broker " + broker.id(), request, timeoutMs, control);
        Optional<PeerAddress> address = listener.addressOf(broker);
        if (address.isEmpty()) {
            call.failUnsent("it has no " + listener.wanted());
        } else if (request.length > PeerFormat.MAX_MESSAGE_BYTES) {
            call.failUnsent("a message of " + request.length + " bytes is larger than " + PeerFormat.MAX_MESSAGE_BYTES);
        } else {
            loop.run(() -> send(broker.id(), address.get(), call));
        }
        return call.answer();
    }

    private void send(int brokerId, PeerAddress address, PeerCall call) {
        if (closed) {
            call.failUnsent("this broker is shutting down");
            return;
        }
        PeerLine line = lines.get(brokerId);
        if (line != null && (line.isClosed() || !line.address().equals(address))) {
            line.close("broker " + brokerId + " is at " + address + " now");
            line = null;
        }
        if (line == null) {
            line = PeerLine.open(connections, loop, address, call.timeoutMs());
            lines.put(brokerId, line);
        }
        line.call(call);
    }

    @Override
    public CompletionStage<Reachability> probe(BrokerInfo broker, long timeoutMs) {
        CompletableFuture<Reachability> result = new CompletableFuture<>();
        Optional<PeerAddress> address = listener.addressOf(broker);
        if (address.isEmpty()) {
            control.execute(() -> result.complete(Reachability.UNKNOWN));
        } else {
            connections.probe(
                    address.get(), timeoutMs, found -> control.execute(() -> result.complete(reachability(found))));
        }
        return result;
    }

    private static Reachability reachability(Probe found) {
        return switch (found) {
            case ACCEPTS -> Reachability.ACCEPTS;
            case REFUSES -> Reachability.REFUSES;
            case UNKNOWN -> Reachability.UNKNOWN;
        };
    }

    @Override
    public void forget(int brokerId) {
        loop.run(() -> {
            PeerLine line = lines.remove(brokerId);
            if (line != null) {
                line.close("broker " + brokerId + " is no longer there");
            }
        });
    }

    /** Ends all connections; what is under way fails with a {@link PeerException}. Any thread. */
    @Override
    public void close() {
        loop.run(() -> {
            closed = true;
            List.copyOf(lines.values()).forEach(line -> line.close("this broker is shutting down"));
            lines.clear();
        });
    }
}
