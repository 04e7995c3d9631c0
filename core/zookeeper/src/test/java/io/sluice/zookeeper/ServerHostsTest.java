package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerHostsTest {
    private static final long CLIENTS_PAUSE_MS = 1_000;
    private final ServerHosts hosts = new ServerHosts(
            List.of(
                    InetSocketAddress.createUnresolved("127.0.0.1", 1),
                    InetSocketAddress.createUnresolved("127.0.0.1", 2),
                    InetSocketAddress.createUnresolved("127.0.0.1", 3)),
            18_000);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void serversAreTriedInTheOrderGivenAndTheFirstComesFirstAfterAConnection() {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ports.add(next());
        }
        hosts.onConnected();
        ports.add(next());

        assertThat(ports).containsExactly(1, 2, 3, 1, 2, 1);
    }

    @Test
    void namesAreLookedUpAtEachTry() {
        assertThat(hosts.next(CLIENTS_PAUSE_MS).isUnresolved()).isFalse();
    }

    @Test
    void clientsSleepIsCutShortOnlyWhereItSleeps() {
        next();
        assertThat(Thread.interrupted()).as("before the first connection").isFalse();
        hosts.onConnected();
        hosts.next(0);
        assertThat(Thread.interrupted()).as("a question beside the connection").isFalse();
        next();
        assertThat(Thread.interrupted()).as("when looking for another server").isTrue();
    }

    @Test
    void serverThatDoesNotAnswerIsLeftAfterTwoSeconds() {
        assertThat(18_000 / hosts.size()).isEqualTo(2_000);
    }

    @Test
    void emptyListIsRefused() {
        assertThatThrownBy(() -> new ServerHosts(List.of(), 18_000)).isInstanceOf(IllegalArgumentException.class);
    }

    private int next() {
        return hosts.next(CLIENTS_PAUSE_MS).getPort();
    }
}
