package io.sluice.cli;

import io.sluice.server.SluiceServer;
import io.sluice.server.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code sluice train}: runs servers, one alone and three that form a cluster, in a JVM that writes down which classes
 * that took. Another JVM works with them, and does the same for the commands. The launcher runs it once per build and
 * JDK; the class archives make later starts quick.
 */
@Command(name = "train", hidden = true, description = "Write the class archives; the launcher runs this.")
final class TrainCommand implements Runnable {
    @Mixin
    private HelpOption help = new HelpOption();

    @Parameters(
            arity = "1..*",
            paramLabel = "WORD",
            description = "Starts the JVM of the commands; the servers' addresses are appended.")
    private List<String> clients = new ArrayList<>();

    @Override
    public void run() {
        Path data = temporaryFolder();
        try (SluiceServer alone = SluiceServer.start(settings(data.resolve("alone")));
                TrainingCluster cluster = TrainingCluster.start(data.resolve("cluster"))) {
            List<String> command = new ArrayList<>(clients);
            command.add(address(alone));
            cluster.first().map(TrainCommand::address).ifPresent(command::add);
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new CommandFailure("the commands ended with status " + status);
            }
        } catch (StartupException | IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted", e);
        } finally {
            delete(data);
        }
    }

    static Map<String, String> settings(Path data) {
        return Map.of("listeners", "PLAINTEXT://127.0.0.1:0", "log.dirs", data.toString());
    }

    private static String address(SluiceServer server) {
        return "127.0.0.1:" + server.endpoints().get(0).port();
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
