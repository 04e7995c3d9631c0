package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"compare", "produce", "consume", "latency"})
    void everySubcommandExplainsItself(String subcommand) {
        StringWriter out = new StringWriter();

        int exitCode =
                new CommandLine(new BenchCommand()).setOut(new PrintWriter(out)).execute(subcommand, "--help");

        assertThat(exitCode).isZero();
        assertThat(out.toString()).startsWith("Usage: bench " + subcommand);
    }

    @Test
    void workloadOnOneBrokerIsRefusedWithACluster() {
        AtomicReference<Exception> failure = new AtomicReference<>();

        int exitCode = new CommandLine(new BenchCommand())
                .setExecutionExceptionHandler((thrown, command, parsed) -> {
                    failure.set(thrown);
                    return 1;
                })
                .execute("compare", "--cluster", "--workloads", "r3,w1");

        assertThat(exitCode).isEqualTo(1);
        assertThat(failure.get())
                .isInstanceOf(BenchException.class)
                .hasMessage("w1 runs on one broker: leave out --cluster");
    }
}
