package io.sluice.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice bench}: measures this broker, alone or against its peers. */
@Command(
        name = "bench",
        description = "Measures a broker: alone, or the same work against a peer in one run.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CompareCommand.class, ProduceCommand.class, ConsumeCommand.class, LatencyCommand.class})
public final class BenchCommand implements Runnable {
    @Mixin
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Without a subcommand: says which there are. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
