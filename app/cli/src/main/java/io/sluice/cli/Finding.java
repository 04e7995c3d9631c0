package io.sluice.cli;

/**
 * One line of {@code sluice doctor}.
 *
 * @param subject what was looked at, in a word or two
 * @param text what was found
 * @param advice what to do about it; empty when all is well
 */
record Finding(Level level, String subject, String text, String advice) {
    /** How bad it is. Only {@link #FAIL} keeps a broker from working. */
    enum Level {
        OK,
        WARN,
        FAIL
    }

    static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text, "");
    }

    static Finding warn(String subject, String text, String advice) {
        return new Finding(Level.WARN, subject, text, advice);
    }

    static Finding fail(String subject, String text, String advice) {
        return new Finding(Level.FAIL, subject, text, advice);
    }
}
