package io.sluice.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command about a cluster on this machine has: the cluster's folder and somewhere to print. */
abstract class LocalClusterCommand implements Runnable {
    static final String DEFAULT_FOLDER = "cluster-data";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            defaultValue = DEFAULT_FOLDER,
            description = "The cluster's folder (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of(DEFAULT_FOLDER);

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            defaultValue = "60s",
            description = "How long to wait for the brokers (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(60);

    final Path folder() {
        return folder;
    }

    final Duration timeout() {
        return timeout;
    }

    final CommandSpec spec() {
        return spec;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** How to say a command about this cluster, for advice. */
    final String command(String words) {
        String where = folder.equals(Path.of(DEFAULT_FOLDER)) ? "" : " --data " + folder;
        return Launcher.command() + " cluster " + words + where;
    }
}
