package io.sluice.bench;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One line on the terminal that is written over once a second while a load runs. Has a thread of its own. */
final class LiveLine implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "bench-progress");
        thread.setDaemon(true);
        return thread;
    });
    private final PrintWriter out;
    private final Meter meter;
    private final long total;
    private long last;

    LiveLine(PrintWriter out, Meter meter, long total) {
        this.out = out;
        this.meter = meter;
        this.total = total;
        clock.scheduleAtFixedRate(this::show, 1, 1, TimeUnit.SECONDS);
    }

    private void show() {
        long now = meter.records();
        out.print(String.format(
                Locale.ROOT,
                "\r%,d of %,d records (%d %%), %,d records/s   ",
                now,
                total,
                100 * now / total,
                now - last));
        out.flush();
        last = now;
    }

    @Override
    public void close() throws InterruptedException {
        clock.shutdownNow();
        clock.awaitTermination(1, TimeUnit.SECONDS);
        out.print("\r" + " ".repeat(72) + "\r");
        out.flush();
    }
}
