package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice group}: holds the commands about consumer groups. */
@Command(
        name = "group",
        description = "List, describe, reset and delete consumer groups.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            GroupListCommand.class,
            GroupDescribeCommand.class,
            GroupResetCommand.class,
            GroupDeleteCommand.class
        })
final class GroupCommand extends ParentCommand {}
