package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.SluiceBroker;
import java.util.ArrayList;
import java.util.List;

/** Runs client commands against a test's broker. */
record BrokerCommands(SluiceBroker broker) {
    /** What a command printed that must succeed. */
    String ok(String... command) {
        CommandRun run = run(command);
        assertThat(run.status())
                .as(String.join(" ", command) + ": " + run.err())
                .isZero();
        return run.out();
    }

    /** The one line that a command printed that must fail. */
    String failure(String... command) {
        CommandRun run = run(command);
        assertThat(run.status()).as(String.join(" ", command)).isEqualTo(1);
        assertThat(run.err().lines()).as(run.err()).hasSize(1);
        return run.err();
    }

    private CommandRun run(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of("--bootstrap", broker.bootstrapServers()));
        return CommandRun.of(words.toArray(String[]::new));
    }
}
