package io.sluice.kafka.peer;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.engine.ReplicaAnswer;
import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaLink;
import io.sluice.engine.ReplicaLinks;
import io.sluice.network.PeerConnections;

/** Links over which this broker fetches from leaders, by Kafka's Fetch on the listener for brokers. */
public final class FetchLinks implements ReplicaLinks {
    private final PeerConnections connections;
    private final InterBrokerListener listener;
    private final long timeoutMs;

    /** @param timeoutMs for connecting, and for an answer beyond what the leader may wait ({@code replica.socket.timeout.ms}) */
    public FetchLinks(PeerConnections connections, InterBrokerListener listener, long timeoutMs) {
        this.connections = connections;
        this.listener = listener;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public ReplicaLink open(Loop loop, BrokerInfo leader) {
        return listener.addressOf(leader)
                .<ReplicaLink>map(address -> new FetchLink(connections, loop, leader.id(), address, timeoutMs))
                .orElseGet(() -> new NoLink(loop, "broker " + leader.id() + " has no " + listener.wanted()));
    }

    /** A link to a broker that cannot be reached as this one is told to. */
    private record NoLink(Loop loop, String why) implements ReplicaLink {
        @Override
        public void fetch(ReplicaFetch request, Answer answer) {
            loop.execute(() -> answer.take(new ReplicaAnswer.Failed(why)));
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
