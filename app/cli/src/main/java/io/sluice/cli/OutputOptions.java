package io.sluice.cli;

import picocli.CommandLine.Option;

/** How a command prints its answer: shared by all that have one. */
final class OutputOptions {
    @Option(names = "--json", description = "Print JSON instead of text for people.")
    private boolean json;

    boolean json() {
        return json;
    }
}
