package io.sluice.cli;

/** Waits between two looks at a cluster. */
final class Pause {
    private Pause() {}

    static void ms(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while waiting for the cluster", e);
        }
    }
}
