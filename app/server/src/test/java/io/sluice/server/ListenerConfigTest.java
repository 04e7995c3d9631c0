package io.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerConfigTest {
    @Test
    void addressIsReadWithAndWithoutName() throws StartupException {
        assertThat(ListenerConfig.parse("listeners", "inside://127.0.0.1:9092"))
                .isEqualTo(new ListenerConfig("INSIDE", "127.0.0.1", 9092));
        assertThat(ListenerConfig.parse("listeners", ":0")).isEqualTo(new ListenerConfig("PLAINTEXT", "", 0));
        assertThat(ListenerConfig.parse("listeners", "PLAINTEXT://[::1]:9092").host())
                .isEqualTo("::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"here", "127.0.0.1", "127.0.0.1:99999", "PLAINTEXT:/127.0.0.1:1", ""})
    void addressThatIsNoneIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> ListenerConfig.parse("listeners", text))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("listeners has '" + text + "'")
                .hasMessageContaining("PLAINTEXT://127.0.0.1:9092");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSL", "ssl", "SASL_PLAINTEXT", "SASL_SSL"})
    void encryptedListenerIsRefusedRatherThanServedInTheClear(String name) {
        assertThatThrownBy(() -> ListenerConfig.parse("listeners", name + "://127.0.0.1:9093"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("TLS and SASL are not served yet");
    }

    @Test
    void twoListenersOfOneNameAreRefused() {
        assertThatThrownBy(() -> ListenerConfig.parseAll("listeners", List.of("A://h:1", "a://h:2")))
                .hasMessageContaining("two listeners called A");
    }

    @Test
    void listenersAreAtLeastOne() {
        assertThatThrownBy(() -> ServerConfig.parse(Map.of("listeners", "")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("listeners is empty");
    }

    @Test
    void advertisedAddressBelongsToAListener() throws StartupException {
        assertThat(advertised("A://:1,B://:2", "b://broker.example.com:9092"))
                .containsExactly(new ListenerConfig("B", "broker.example.com", 9092));
        assertThatThrownBy(() -> advertised("A://:1,B://:2", "C://broker.example.com:9092"))
                .hasMessage("advertised.listeners has 'C://broker.example.com:9092', but listeners has none called C,"
                        + " only A, B");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:9092", "[::]:9092", ":9092"})
    void advertisedAddressIsOneThatAClientCanConnectTo(String address) {
        assertThatThrownBy(() -> advertised("A://:1", "A://" + address))
                .hasMessageContaining("to which no client can connect");
    }

    private static List<ListenerConfig> advertised(String listeners, String advertised) throws StartupException {
        return ServerConfig.parse(Map.of("listeners", listeners, "advertised.listeners", advertised))
                .advertised();
    }
}
