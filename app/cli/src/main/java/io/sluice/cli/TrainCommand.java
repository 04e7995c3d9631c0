package io.sluice.cli;

import io.sluice.server.SluiceServer;
import io.sluice.server.StartupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code sluice train}: does a little of everything, server and client commands, in one JVM that writes down which
 * classes that took. The launcher runs it once per build and JDK; its class archive makes later starts quick.
 */
@Command(name = "train", hidden = true, description = "Write the class archive; the launcher runs this.")
final class TrainCommand implements Runnable {
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
        {"topic", "delete", "training", "--yes"}
    };

    @Mixin
    private HelpOption help = new HelpOption();

    @Override
    public void run() {
        Path data = temporaryFolder();
        try (SluiceServer server =
                SluiceServer.start(Map.of("listeners", "PLAINTEXT://127.0.0.1:0", "log.dirs", data.toString()))) {
            String bootstrap = "127.0.0.1:" + server.endpoints().get(0).port();
            for (String[] command : COMMANDS) {
                run(command, bootstrap);
            }
        } catch (StartupException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } finally {
            delete(data);
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

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("sluice-train-");
        } catch (IOException e) {
            throw new CommandFailure("cannot make a temporary folder: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
