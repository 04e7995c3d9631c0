package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice cluster}: holds the commands about a cluster, and about one on this machine that may be broken. */
@Command(
        name = "cluster",
        description = "Look into a cluster; run one on this machine, and break it.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ClusterDescribeCommand.class,
            ClusterVerifyCommand.class,
            ClusterElectCommand.class,
            ClusterBalanceCommand.class,
            ClusterStartCommand.class,
            ClusterStatusCommand.class,
            ClusterKillCommand.class,
            ClusterPauseCommand.class,
            ClusterResumeCommand.class,
            ClusterRestartCommand.class,
            ClusterStopCommand.class
        })
final class ClusterCommand extends ParentCommand {}
