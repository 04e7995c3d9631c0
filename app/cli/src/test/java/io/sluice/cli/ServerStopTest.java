package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that the script started is stopped by signals: cleanly, with the exit code of the signal, and soon. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class ServerStopTest {
    /** Generous: the ordinary stop takes a fifth of a second, but this machine may be busy. */
    private static final Duration STOP_MAX = Duration.ofSeconds(10);

    private static final int SIGINT_BIT = 1 << 1;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private LauncherScript script;

    @SuppressWarnings("NullAway.Init")
    private Process server;

    @BeforeEach
    void start() throws Exception {
        script = new LauncherScript(folder.toRealPath());
        Map<String, String> environment = new HashMap<>(script.real());
        environment.put("SLUICE_HEAP", "128m");
        environment.put("SLUICE_OPTS", "-XX:TieredStopAtLevel=1");
        server = script.start("sh", environment, "server", "--port", "0", "--data", data().toString());
        await().atMost(Duration.ofSeconds(60)).until(() -> !server.isAlive() || out().contains("Ctrl-C stops it."));
        assertThat(server.isAlive()).as(Files.readString(script.err())).isTrue();
    }

    @AfterEach
    void end() {
        server.destroyForcibly();
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void signalStopsCleanlyAndSoon(String signal, int status) throws Exception {
        assumeFalse(signal.equals("INT") && sigintIsIgnored(), "this process ignores SIGINT, and so do its children");
        assertThat(data().resolve("clean-shutdown")).doesNotExist();
        long before = System.nanoTime();

        send(signal);

        assertThat(server.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS))
                .as("ended in time")
                .isTrue();
        System.out.printf("SIG%s: stopped in %d ms%n", signal, (System.nanoTime() - before) / 1_000_000);
        assertThat(server.exitValue()).isEqualTo(status);
        assertThat(data().resolve("clean-shutdown")).isNotEmptyFile();
        assertThat(out()).endsWith("Stopped.\n");
    }

    @Test
    void secondCtrlCDoesNotSpoilTheCleanStop() throws Exception {
        assumeFalse(sigintIsIgnored(), "this process ignores SIGINT, and so do its children");

        send("INT");
        send("INT");

        assertThat(server.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(server.exitValue()).isEqualTo(130);
        assertThat(data().resolve("clean-shutdown")).isNotEmptyFile();
        assertThat(out()).endsWith("Stopped.\n");
    }

    private Path data() throws IOException {
        return folder.toRealPath().resolve("data");
    }

    private String out() throws IOException {
        return Files.readString(script.out());
    }

    /** To the process that was started: the script has become the JVM. */
    private void send(String signal) throws Exception {
        new ProcessBuilder("kill", "-" + signal, String.valueOf(server.pid()))
                .start()
                .waitFor();
    }

    /** A shell without job control starts what runs in the background so, and it is handed down. */
    private static boolean sigintIsIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn:\t0");
        return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16) & SIGINT_BIT) != 0;
    }
}
