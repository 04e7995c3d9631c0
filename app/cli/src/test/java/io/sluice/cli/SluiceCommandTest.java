package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SluiceCommandTest {
    @Test
    void sluiceAlonePrintsHelpThatFitsAScreen() {
        CommandRun run = CommandRun.of();

        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSizeLessThanOrEqualTo(30).allMatch(line -> line.length() <= 100);
        assertThat(run.out()).contains("./sluice server", "topic");
    }

    @Test
    void everyCommandHasHelpOfAScreensWidth() {
        for (String[] path : commands()) {
            CommandRun run = CommandRun.of(append(path, "--help"));

            assertThat(run.status()).as(String.join(" ", path)).isZero();
            assertThat(run.out()).startsWith("Usage: sluice " + String.join(" ", path));
            assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
        }
    }

    @Test
    void unknownCommandIsOneLineWithTheNearestOne() {
        CommandRun run = CommandRun.of("topic", "lst");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("sluice: unmatched argument").contains("topic list");
    }

    @ParameterizedTest
    @CsvSource({
        "opic, topic",
        "porduce x, produce",
        "topic craete x, topic create",
        "topic list --josn, --json",
        "consume x --gruop y, --group",
        "consume x --gruop=y, --group"
    })
    void misspeltWordIsOneLineWithTheNearest(String line, String meant) {
        CommandRun run = CommandRun.of(line.split(" "));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("; did you mean " + meant + "?");
    }

    @Test
    void wordThatIsNearToNothingHasNoNearest() {
        assertThat(CommandRun.of("xyzzyx").err()).doesNotContain("did you mean");
    }

    @Test
    void brokerThatIsNotThereIsOneLineWithAdvice() {
        CommandRun run = CommandRun.of("topic", "list", "--bootstrap", "127.0.0.1:1");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("sluice: no broker answers at 127.0.0.1:1; start one with ./sluice server --port 1\n");
    }

    @Test
    void addressWithoutPortIsOneLineWithAnExample() {
        CommandRun run = CommandRun.of("topic", "list", "--bootstrap", "localhost");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains("\"localhost\"", "host:port, such as 127.0.0.1:9092");
    }

    @Test
    void verboseAddsTheStackTrace() {
        CommandRun run = CommandRun.of("topic", "list", "--verbose", "--bootstrap", "127.0.0.1:1");

        assertThat(run.err()).startsWith("sluice: no broker answers").contains("\tat io.sluice.cli.");
    }

    @Test
    void alterWithoutAChangeSaysWhatCanBeChanged() {
        CommandRun run = CommandRun.of("topic", "alter", "orders");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("--set NAME=VALUE, --unset NAME or --partitions N");
    }

    private static List<String[]> commands() {
        List<String[]> paths = new ArrayList<>();
        CommandLine root = SluiceCommand.commandLine(
                new java.io.PrintWriter(java.io.Writer.nullWriter()),
                new java.io.PrintWriter(java.io.Writer.nullWriter()));
        collect(root, new String[0], paths);
        return paths;
    }

    private static void collect(CommandLine command, String[] path, List<String[]> paths) {
        command.getSubcommands().forEach((name, child) -> {
            String[] childPath = append(path, name);
            paths.add(childPath);
            collect(child, childPath, paths);
        });
    }

    private static String[] append(String[] words, String word) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(word);
        return all.toArray(String[]::new);
    }
}
