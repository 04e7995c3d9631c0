package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that hangs, as one held by SIGSTOP does: its machine takes connections, and nothing is ever said over them. */
@Timeout(60)
class SilentBrokerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** For what a command looks up after its time is up, and for a machine that does something else as well. */
    private static final Duration MARGIN = Duration.ofSeconds(12);

    @SuppressWarnings("NullAway.Init")
    private ServerSocket silent;

    @BeforeEach
    void listen() throws IOException {
        silent = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void close() throws IOException {
        silent.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topic list",
                "topic describe orders",
                "topic create orders",
                "topic alter orders --set retention.ms=1",
                "topic delete orders --yes",
                "topic reassign orders --replicas 1",
                "group list",
                "group describe readers",
                "group delete readers --yes",
                "group reset readers --topic orders --to earliest",
                "broker list",
                "broker stop-check 1",
                "broker cordon 1",
                "broker uncordon 1",
                "broker drain 1",
                "broker unregister 1 --yes",
                "cluster describe",
                "cluster verify",
                "cluster elect",
                "cluster balance",
                "produce orders --value x",
                "consume orders -n 1",
                "consume orders -n 1 --group readers"
            })
    void everyCommandEndsInTimeWithOneLineThatSaysWhatToDo(String command) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--timeout", TIMEOUT.toSeconds() + "s"));
        words.addAll(List.of("--bootstrap", "127.0.0.1:" + silent.getLocalPort()));
        long begun = System.nanoTime();

        CommandRun run = CommandRun.of(words.toArray(String[]::new));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TIMEOUT.plus(MARGIN));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).as(run.err()).hasSize(1);
        assertThat(run.err()).contains("no answer from the broker in time", "--timeout waits longer");
    }
}
