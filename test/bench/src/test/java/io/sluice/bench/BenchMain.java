package io.sluice.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Starts the command without the launcher: for work on this module. */
@Command(name = "sluice", subcommands = BenchCommand.class)
final class BenchMain {
    @Option(names = "--help", usageHelp = true, scope = ScopeType.INHERIT)
    private boolean help;

    private BenchMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }
}
