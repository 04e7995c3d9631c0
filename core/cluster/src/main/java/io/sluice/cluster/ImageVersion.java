package io.sluice.cluster;

/**
 * Which image this is. Versions of one controller grow by one per change; a later controller's are all newer.
 *
 * @param controllerEpoch the epoch of the controller that published the image
 * @param sequence the count of changes within that epoch
 */
public record ImageVersion(int controllerEpoch, long sequence) implements Comparable<ImageVersion> {
    public static final ImageVersion NONE = new ImageVersion(0, 0);

    public ImageVersion next() {
        return new ImageVersion(controllerEpoch, sequence + 1);
    }

    @Override
    public int compareTo(ImageVersion other) {
        int byEpoch = Integer.compare(controllerEpoch, other.controllerEpoch);
        return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
    }
}
