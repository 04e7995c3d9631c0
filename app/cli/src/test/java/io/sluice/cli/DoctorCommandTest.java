package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void doctorSaysOkWarnOrFailOnEveryLine() throws IOException {
        CommandRun run = CommandRun.of("doctor", "--data", folder.toString(), "--listen", "127.0.0.1:" + freePort());

        assertThat(run.out())
                .contains("ok    data folder    " + folder.toAbsolutePath())
                .contains("fsync", "is free");
        assertThat(run.out().lines().takeWhile(line -> !line.isEmpty()))
                .allMatch(line -> line.matches("(ok|warn|fail|) +.*"));
    }

    @Test
    void portTakenByAStrangerFails() throws IOException {
        try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Finding> findings = new ListenCheck("127.0.0.1", stranger.getLocalPort()).run();

            assertThat(findings).singleElement().satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
                assertThat(finding.text()).contains("taken by another program");
            });
        }
    }

    @Test
    void dataFolderThatIsAFileFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        List<Finding> findings = new DataFolderCheck(file.resolve("data")).run();

        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Finding.Level.FAIL);
            assertThat(finding.text()).contains(file + " is no folder");
        });
    }

    @Test
    void limitsAreReadFromProcAndSys() throws IOException {
        write("proc/self/limits", "Limit  Soft  Hard  Units\nMax open files            1024     2048     files\n");
        write("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable:  4194304 kB\n");
        write("proc/sys/vm/max_map_count", "100\n");
        write("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
        write("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");

        List<Finding> findings = new KernelCheck(folder).run();

        assertThat(findings)
                .extracting(Finding::level)
                .containsExactly(
                        Finding.Level.FAIL,
                        Finding.Level.OK,
                        Finding.Level.WARN,
                        Finding.Level.WARN,
                        Finding.Level.WARN);
        assertThat(findings.get(0).text()).startsWith("limit 2,048");
        assertThat(findings.get(1).text()).isEqualTo("4.00 GiB available");
    }

    @Test
    void systemWithoutProcHasNothingToSay() {
        assertThat(new KernelCheck(folder).run()).isEmpty();
    }

    @Test
    void listenWithoutPortIsMisuse() {
        CommandRun run = CommandRun.of("doctor", "--listen", "here");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("host:port, such as 127.0.0.1:9092");
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
