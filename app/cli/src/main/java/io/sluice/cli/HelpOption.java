package io.sluice.cli;

import picocli.CommandLine.Option;

/** {@code --help}, shared by all commands of this module. Not inherited, as {@code bench} brings its own. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;
}
