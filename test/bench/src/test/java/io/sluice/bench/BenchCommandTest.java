package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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
}
