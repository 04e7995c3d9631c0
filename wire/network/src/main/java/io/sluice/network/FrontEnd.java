package io.sluice.network;

import io.netty.channel.ChannelHandler;

/**
 * A wire protocol, as a listener sees it. A front end translates between its protocol and the engine and decides
 * nothing else.
 */
public interface FrontEnd {
    /**
     * The event that a connection's handler gets when the broker stops: it begins nothing more, answers what it has begun,
     * and closes the connection.
     */
    Object DRAIN = new Object() {
        @Override
        public String toString() {
            return "drain";
        }
    };

    /** The protocol's name as it appears in logs, such as {@code kafka}. */
    String name();

    /**
     * A handler for one accepted connection. It is called on the connection's loop and gets whole frames, each a
     * {@link io.netty.buffer.ByteBuf} that it must release.
     */
    ChannelHandler connectionHandler(Connection connection);
}
