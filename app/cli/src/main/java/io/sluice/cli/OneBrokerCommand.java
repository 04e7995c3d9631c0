package io.sluice.cli;

import picocli.CommandLine.Parameters;

/** What every command about one broker has: its id. */
abstract class OneBrokerCommand extends ClientCommand {
    @Parameters(paramLabel = "BROKER", description = "Id of the broker.")
    private int id;

    final int id() {
        return id;
    }
}
