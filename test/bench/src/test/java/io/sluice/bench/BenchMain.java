package io.sluice.bench;

import picocli.CommandLine;

/** Starts the command without the launcher: for work on this module. */
final class BenchMain {

    private BenchMain() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }
}
