package io.sluice.cluster;

/** Told of every new image, in order, on the control loop. Must not block; hands work on to the loops that own it. */
@FunctionalInterface
public interface ImageListener {
    void imageChanged(ImageChange change);
}
