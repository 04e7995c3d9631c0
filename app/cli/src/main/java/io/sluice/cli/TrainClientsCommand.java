package io.sluice.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice train-clients}: does a little of everything that commands do, for {@link TrainCommand}. */
@Command(name = "train-clients", hidden = true, description = "Work for the class archives; the launcher runs this.")
final class TrainClientsCommand implements Runnable {
    private static final String[][] COMMANDS = {
        {"--help"},
        {"topic", "create", "training", "--partitions", "2"},
        {"produce", "training", "--value", "one", "--key", "k", "--header", "a=b"},
        {"produce", "training", "--value", "two", "--compression", "lz4", "--json"},
        {"consume", "training"},
        {"consume", "training", "--json", "-n", "1", "--from", "1h"},
        {"consume", "training", "--group", "trainees", "--format", "%p %o %k %v %h %d"},
        {"topic", "list"},
        {"topic", "list", "--json"},
        {"topic", "describe", "training"},
        {"topic", "alter", "training", "--set", "retention.ms=3600000"},
        {"group", "list"},
        {"group", "describe", "trainees"},
        {"group", "reset", "trainees", "--to", "earliest"},
        {"group", "delete", "trainees", "--yes"},
        {"broker", "list"},
        {"cluster", "describe"},
        {"topic", "delete", "training", "--yes"}
    };

    @Mixin
    private HelpOption help = new HelpOption();

    @Parameters(arity = "1..*", paramLabel = "HOST:PORT", description = "A server of each cluster to work with.")
    private List<String> bootstraps = new ArrayList<>();

    @Override
    public void run() {
        for (String bootstrap : bootstraps) {
            for (String[] command : COMMANDS) {
                run(command, bootstrap);
            }
        }
    }

    /** A command that fails still loads its classes; the launcher's log shows why it failed. */
    private static void run(String[] command, String bootstrap) {
        boolean client = command.length > 1;
        String[] words = client
                ? Stream.concat(Stream.of(command), Stream.of("--bootstrap", bootstrap))
                        .toArray(String[]::new)
                : command;
        PrintWriter err = new PrintWriter(System.err, true);
        SluiceCommand.commandLine(new PrintWriter(Writer.nullWriter()), err, words)
                .execute(words);
    }
}
