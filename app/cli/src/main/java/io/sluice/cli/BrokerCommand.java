package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice broker}: holds the commands about single brokers. */
@Command(
        name = "broker",
        description = "List brokers, empty them, and ask whether one may be stopped.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            BrokerListCommand.class,
            BrokerStopCheckCommand.class,
            BrokerCordonCommand.class,
            BrokerUncordonCommand.class,
            BrokerDrainCommand.class,
            BrokerUnregisterCommand.class
        })
final class BrokerCommand extends ParentCommand {}
