package io.sluice.cli;

/** What the {@code ./sluice} script tells the JVM that it starts. */
final class Launcher {
    private Launcher() {}

    /** How the user called the script, so that advice can be typed back as it stands. */
    static String command() {
        return System.getProperty("sluice.command", "./sluice");
    }

    /** True when standard input is a terminal. */
    static boolean inIsTerminal() {
        return Boolean.getBoolean("sluice.in.tty");
    }

    /** True when standard output is a terminal. */
    static boolean outIsTerminal() {
        return Boolean.getBoolean("sluice.out.tty");
    }

    /** True when standard error is a terminal, so that progress may be drawn there. */
    static boolean errIsTerminal() {
        return Boolean.getBoolean("sluice.err.tty");
    }
}
