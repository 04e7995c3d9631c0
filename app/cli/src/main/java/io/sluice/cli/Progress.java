package io.sluice.cli;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Counts messages and, on a terminal, shows how many and how fast. One thread counts (for {@code produce} the client's
 * own, which runs the callbacks) and draws at most five times a second; {@link #end} comes after it has stopped.
 */
final class Progress {
    private static final long DRAW_EVERY_NS = 200_000_000;
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintWriter err;
    private final boolean draws;
    private final String verb;
    private final long startNs = System.nanoTime();
    private long drawnNs = startNs;
    private long messages;
    private long bytes;

    /** {@code verb} is what happens to the messages, such as {@code sent}. */
    Progress(PrintWriter err, boolean draws, String verb) {
        this.err = err;
        this.draws = draws;
        this.verb = verb;
    }

    /** Counts a message of so many bytes of key and value. */
    synchronized void count(long messageBytes) {
        messages++;
        bytes += messageBytes;
        long now = System.nanoTime();
        if (draws && now - drawnNs >= DRAW_EVERY_NS) {
            drawnNs = now;
            err.print(CLEAR_LINE + line());
            err.flush();
        }
    }

    synchronized long messages() {
        return messages;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Seconds since the start. */
    double seconds() {
        return (System.nanoTime() - startNs) / 1e9;
    }

    /** Replaces the line that was drawn by the final count. */
    synchronized void end(String where) {
        if (draws) {
            err.println(CLEAR_LINE + line() + " " + where);
            err.flush();
        }
    }

    private String line() {
        double seconds = seconds();
        return String.format(
                Locale.ROOT,
                "%s message%s (%s) %s in %.1f s, %s/s",
                Human.count(messages),
                messages == 1 ? "" : "s",
                Human.bytes(bytes),
                verb,
                seconds,
                Human.count(Math.round(messages / Math.max(seconds, 0.001))));
    }
}
