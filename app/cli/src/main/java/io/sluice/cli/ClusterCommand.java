package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice cluster}: holds the commands about a cluster of brokers on this machine. */
@Command(
        name = "cluster",
        description = "Run a cluster of brokers on this machine, and break it.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClusterStartCommand.class,
            ClusterStatusCommand.class,
            ClusterKillCommand.class,
            ClusterPauseCommand.class,
            ClusterResumeCommand.class,
            ClusterRestartCommand.class,
            ClusterStopCommand.class
        })
final class ClusterCommand extends ParentCommand {}
