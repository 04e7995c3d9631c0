package io.sluice.bench;

import picocli.CommandLine.Command;

/** {@code sluice bench}: measures this broker, alone or against its peers. */
@Command(
        name = "bench",
        description = "Measures a broker: alone, or the same work against a peer in one run.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {CompareCommand.class, ProduceCommand.class, ConsumeCommand.class, LatencyCommand.class})
public final class BenchCommand {}
