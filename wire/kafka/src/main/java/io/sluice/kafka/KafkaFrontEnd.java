package io.sluice.kafka;

import io.netty.channel.ChannelHandler;
import io.sluice.cluster.PeerService;
import io.sluice.network.Connection;
import io.sluice.network.FrontEnd;
import java.util.Optional;

/** Kafka's protocol on a listener, and the messages of other brokers where it is the listener for those. */
public final class KafkaFrontEnd implements FrontEnd {
    private final HandlerTable handlers;
    private final ServiceGate gate;
    private final Optional<PeerService> peers;

    /**
     * @param gate holds clients' requests back until it is open
     * @param peers takes other brokers' messages; where it is empty they are refused like any unknown request
     */
    public KafkaFrontEnd(HandlerTable handlers, ServiceGate gate, Optional<PeerService> peers) {
        this.handlers = handlers;
        this.gate = gate;
        this.peers = peers;
    }

    /** For clients alone, served at once. */
    public KafkaFrontEnd(HandlerTable handlers) {
        this(handlers, ServiceGate.opened(), Optional.empty());
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public ChannelHandler connectionHandler(Connection connection) {
        return new KafkaConnection(connection, handlers, gate, peers);
    }
}
