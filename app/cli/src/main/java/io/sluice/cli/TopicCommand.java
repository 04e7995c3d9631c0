package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice topic}: holds the commands about topics. */
@Command(
        name = "topic",
        description = "Create, list, describe, alter and delete topics.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            TopicCreateCommand.class,
            TopicListCommand.class,
            TopicDescribeCommand.class,
            TopicAlterCommand.class,
            TopicReassignCommand.class,
            TopicDeleteCommand.class
        })
final class TopicCommand extends ParentCommand {}
