package io.sluice.network;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;

/**
 * The sizes of the kernel's buffers of each connection.
 *
 * @param sendBytes not above 0 for what the system chooses and adapts
 * @param receiveBytes likewise
 */
public record SocketBuffers(int sendBytes, int receiveBytes) {
    static final SocketBuffers OF_THE_SYSTEM = new SocketBuffers(-1, -1);

    /** The receive buffer is set on the listening socket, for the window is agreed on before the connection is there. */
    void applyTo(ServerBootstrap bootstrap) {
        if (sendBytes > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, sendBytes);
        }
        if (receiveBytes > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, receiveBytes).childOption(ChannelOption.SO_RCVBUF, receiveBytes);
        }
    }
}
