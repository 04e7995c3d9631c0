package io.sluice.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;

class SocketBuffersTest {
    private final ServerBootstrap bootstrap = new ServerBootstrap();

    @Test
    void sizesReachConnectionsAndTheListeningSocket() {
        new SocketBuffers(1_000, 2_000).applyTo(bootstrap);

        assertThat(bootstrap.config().childOptions())
                .containsEntry(ChannelOption.SO_SNDBUF, 1_000)
                .containsEntry(ChannelOption.SO_RCVBUF, 2_000);
        assertThat(bootstrap.config().options()).containsEntry(ChannelOption.SO_RCVBUF, 2_000);
    }

    @Test
    void systemIsLeftToChooseUnlessAsked() {
        SocketBuffers.OF_THE_SYSTEM.applyTo(bootstrap);

        assertThat(bootstrap.config().childOptions()).isEmpty();
        assertThat(bootstrap.config().options()).isEmpty();
    }
}
