package io.sluice.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What one run of the command line in this JVM printed and returned. */
record CommandRun(int status, String out, String err) {
    static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = SluiceCommand.commandLine(new PrintWriter(out), new PrintWriter(err))
                .execute(args);
        return new CommandRun(status, unix(out), unix(err));
    }

    private static String unix(StringWriter text) {
        return text.toString().replace(System.lineSeparator(), "\n");
    }
}
