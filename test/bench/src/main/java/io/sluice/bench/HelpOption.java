package io.sluice.bench;

import picocli.CommandLine.Option;

/** {@code --help}, shared by the commands of this module: the tree works by itself, wherever it is mounted. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;
}
