package io.sluice.cli;

import java.io.Console;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Asks before what cannot be taken back; {@code --yes} answers beforehand. */
final class Confirmation {
    @Option(
            names = {"-y", "--yes"},
            description = "Do it without asking.")
    private boolean yes;

    /** Returns when the user agrees to {@code deed}, such as {@code delete orders}; fails otherwise. */
    void require(String deed, PrintWriter err) {
        if (yes) {
            return;
        }
        Console console = Launcher.errIsTerminal() ? System.console() : null;
        if (console == null) {
            throw new CommandFailure("would " + deed + "; give --yes to do it");
        }
        err.flush();
        String answer = console.readLine("%s? [y/N] ", Character.toUpperCase(deed.charAt(0)) + deed.substring(1));
        if (answer == null || !answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y")) {
            throw new CommandFailure("nothing was done");
        }
    }
}
