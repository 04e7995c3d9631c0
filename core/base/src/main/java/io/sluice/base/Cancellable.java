package io.sluice.base;

/** A scheduled task that can be called off. Cancelling after it ran, or twice, does nothing. */
@FunctionalInterface
public interface Cancellable {
    void cancel();
}
