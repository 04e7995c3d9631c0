package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds the image that was last published, and tells the listeners of each change in order. Control loop. */
final class ImageFeed {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFeed.class);

    private final Loop loop;
    private final List<ImageListener> listeners = new ArrayList<>();
    private final List<Awaited> awaited = new ArrayList<>();
    private volatile ClusterImage image = ClusterImage.empty("");

    private record Awaited(ImageVersion version, Runnable task) {}

    ImageFeed(Loop loop) {
        this.loop = loop;
    }

    /** Any thread. */
    ClusterImage image() {
        return image;
    }

    /** Any thread. */
    void addListener(ImageListener listener) {
        loop.run(() -> {
            listeners.add(listener);
            if (image.version().compareTo(ImageVersion.NONE) > 0) {
                ClusterImage empty = ClusterImage.empty(image.clusterId());
                tell(listener, new ImageChange(empty, image, ImageDiff.between(empty, image)));
            }
        });
    }

    void publish(ImageChange change) {
        image = change.after();
        for (ImageListener listener : List.copyOf(listeners)) {
            tell(listener, change);
        }
        for (Awaited each : List.copyOf(awaited)) {
            if (each.version().compareTo(image.version()) <= 0 && awaited.remove(each)) {
                each.task().run();
            }
        }
    }

    /** Runs {@code task} once the listeners were told of an image that is as new as {@code version}; at once if so. */
    Cancellable whenReached(ImageVersion version, Runnable task) {
        if (version.compareTo(image.version()) <= 0) {
            task.run();
            return () -> {};
        }
        Awaited each = new Awaited(version, task);
        awaited.add(each);
        return () -> awaited.remove(each);
    }

    /** An image read afresh, after an election: what differs from the last one is worked out. */
    void reset(ClusterImage next) {
        publish(new ImageChange(image, next, ImageDiff.between(image, next)));
    }

    private static void tell(ImageListener listener, ImageChange change) {
        try {
            listener.imageChanged(change);
        } catch (RuntimeException e) {
            // One listener's fault must not keep the others from seeing the cluster as it is.
            LOG.error("listener failed version={} listener={}", change.after().version(), listener, e);
        }
    }
}
