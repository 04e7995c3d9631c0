package io.sluice.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Lines on the terminal that say what a long run is doing, each with the time since its start. Any thread. */
final class Progress {
    private final PrintWriter out;
    private final long startNanos = System.nanoTime();

    Progress(PrintWriter out) {
        this.out = out;
    }

    synchronized void say(String line) {
        Duration since = Duration.ofNanos(System.nanoTime() - startNanos);
        out.println(String.format(Locale.ROOT, "[%02d:%02d] %s", since.toMinutes(), since.toSecondsPart(), line));
        out.flush();
    }
}
