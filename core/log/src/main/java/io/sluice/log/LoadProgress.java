package io.sluice.log;

/** Hears how loading gets on, on a worker. */
@FunctionalInterface
public interface LoadProgress {
    LoadProgress NONE = (done, total) -> {};

    /**
     * @param done logs loaded so far
     * @param total logs to load
     */
    void loaded(int done, int total);
}
