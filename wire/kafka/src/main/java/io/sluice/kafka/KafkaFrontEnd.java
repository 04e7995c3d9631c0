package io.sluice.kafka;

import io.netty.channel.ChannelHandler;
import io.sluice.network.Connection;
import io.sluice.network.FrontEnd;

/** Kafka's protocol on a listener. */
public final class KafkaFrontEnd implements FrontEnd {
    private final HandlerTable handlers;

    public KafkaFrontEnd(HandlerTable handlers) {
        this.handlers = handlers;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public ChannelHandler connectionHandler(Connection connection) {
        return new KafkaConnection(connection, handlers);
    }
}
