package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice server} as a process of its own, as a user runs it. */
@Timeout(120)
class ServerCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("listens on +(127\\.0\\.0\\.1:\\d+)");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stopAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void serverSaysWhatListensWhereAndStopsOnSigterm() throws Exception {
        Server server = start("--port", "0", "--data", folder.resolve("data").toString());
        String address = server.awaitAddress();

        assertThat(server.out())
                .contains("data in     " + folder.resolve("data"))
                .contains("produce     echo hello | ./sluice produce orders --bootstrap " + address)
                .contains("consume     ./sluice consume orders --follow --bootstrap " + address);
        assertThat(CommandRun.of("produce", "orders", "--value", "hi", "-b", address)
                        .status())
                .isZero();

        server.process().destroy();

        assertThat(server.awaitExit()).isEqualTo(128 + 15);
        assertThat(server.out()).endsWith("Stopped.\n");
    }

    @Test
    void serverComesBackWithItsData() throws Exception {
        String data = folder.resolve("data").toString();
        Server first = start("--port", "0", "--data", data);
        CommandRun.of("produce", "orders", "--value", "kept", "-b", first.awaitAddress());
        first.process().destroy();
        first.awaitExit();

        Server second = start("--port", "0", "--data", data);

        assertThat(CommandRun.of("consume", "orders", "-b", second.awaitAddress())
                        .out())
                .isEqualTo("kept\n");
    }

    @Test
    void settingsComeFromFileEnvironmentAndFlags() throws Exception {
        Path file = Files.writeString(
                folder.resolve("server.properties"),
                "listeners=PLAINTEXT://127.0.0.1:0\nnum.partitions=2\nlog.dirs=" + folder.resolve("data") + "\n");
        Server server = start(Map.of("SLUICE_NODE_ID", "7"), "--config", file.toString(), "--set", "num.partitions=5");
        String address = server.awaitAddress();

        CommandRun.of("topic", "create", "sized", "-b", address);

        assertThat(server.out()).contains("node 7 of cluster");
        assertThat(CommandRun.of("topic", "describe", "sized", "-b", address).out())
                .contains("partitions  5");
    }

    @Test
    void busyPortIsOneLine() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(other.getLocalPort());

            Server server =
                    start("--port", port, "--data", folder.resolve("data").toString());

            assertThat(server.awaitExit()).isEqualTo(1);
            assertThat(server.complaint()).contains("127.0.0.1:" + port);
        }
    }

    @Test
    void dataFolderInUseIsOneLine() throws Exception {
        String data = folder.resolve("data").toString();
        start("--port", "0", "--data", data).awaitAddress();

        Server second = start("--port", "0", "--data", data);

        assertThat(second.awaitExit()).isEqualTo(1);
        assertThat(second.complaint()).contains(data);
    }

    @Test
    void dataFolderThatIsAFileIsOneLine() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");

        Server server = start("--port", "0", "--data", file.toString());

        assertThat(server.awaitExit()).isEqualTo(1);
        assertThat(server.complaint()).contains(file.toString());
    }

    @Test
    void unknownSettingIsOneLineWithTheNearest() throws Exception {
        Server server = start("--set", "num.partition=1");

        assertThat(server.awaitExit()).isEqualTo(1);
        assertThat(server.complaint()).contains("num.partition; did you mean num.partitions? (in the command line)");
    }

    private Server start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    private Server start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "server"));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "server", ".out");
        Path err = Files.createTempFile(folder, "server", ".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return new Server(process, out, err);
    }

    private record Server(Process process, Path outFile, Path errFile) {
        String out() throws IOException {
            return Files.readString(outFile);
        }

        /** The line that begins with the program's name, which must be the only one that does. */
        String complaint() throws IOException {
            List<String> lines = Files.readAllLines(errFile).stream()
                    .filter(line -> line.startsWith("sluice: "))
                    .toList();
            assertThat(lines).as(Files.readString(errFile)).hasSize(1);
            assertThat(Files.readString(errFile)).doesNotContain("\tat ");
            return lines.get(0);
        }

        String awaitAddress() {
            await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive() || out().contains("Ctrl-C"));
            try {
                Matcher address = ADDRESS.matcher(out());
                assertThat(address.find()).as(out() + Files.readString(errFile)).isTrue();
                return address.group(1);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        int awaitExit() throws InterruptedException {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            return process.exitValue();
        }
    }
}
