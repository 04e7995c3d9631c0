package io.sluice.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command finish what it has begun when Ctrl-C or SIGTERM comes: the JVM's shutdown asks it to stop and waits for
 * {@link #close}, at most for a grace period.
 */
final class StopSignal implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean stopped;

    /** {@code wake} makes the command's thread look at {@link #stopped}; it runs on the shutdown's thread. */
    StopSignal(Runnable wake) {
        hook = new Thread(
                () -> {
                    stopped = true;
                    wake.run();
                    awaitFinished();
                },
                "sluice-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** True once the user wants the command to end. */
    boolean stopped() {
        return stopped;
    }

    /** The command has finished. */
    @Override
    public void close() {
        finished.countDown();
        if (!stopped) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                stopped = true; // the shutdown has just begun; it finds the latch open
            }
        }
    }

    private void awaitFinished() {
        try {
            if (!finished.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                stopped = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
