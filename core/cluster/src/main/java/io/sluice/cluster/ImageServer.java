package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the image to the brokers that follow: what came since the one they have, or all of it, or after a while the word
 * that there is no news. A broker has one poll waiting; a later one takes its place.
 *
 * <p>Serves while this node is controller, between {@link #begin} and {@link #end}, whether or not the coordination store
 * can be reached. Keeps no history before the first poll, so a cluster of one pays nothing. Control loop.
 */
final class ImageServer {
    private static final Logger LOG = LoggerFactory.getLogger(ImageServer.class);
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_WAIT_MS = 10_000;

    private record Waiting(Asker asker, ImageVersion had, Consumer<byte[]> answer, Cancellable timer) {}

    private final Loop loop;
    private final Map<Integer, Waiting> waiting = new TreeMap<>();
    private final SeenImages seen;
    private @Nullable ClusterImage image;
    private @Nullable ImageHistory history;
    /** The image as it is now, written for whoever needs all of it. */
    private byte @Nullable [] snapshot;

    ImageServer(Loop loop) {
        this.loop = loop;
        this.seen = new SeenImages(loop);
    }

    /** A term of this node begins. */
    void begin(ClusterImage first) {
        image = first;
        history = null;
        snapshot = null;
    }

    /** This node is controller no longer; whoever waits is told at once. */
    void end() {
        image = null;
        history = null;
        snapshot = null;
        byte[] answer = PeerAnswer.write(new PeerAnswer.NotController());
        List<Waiting> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(each -> answer(each, answer));
        seen.end();
    }

    void published(ImageChange change) {
        image = change.after();
        snapshot = null;
        seen.published(change.after());
        ImageHistory kept = history;
        if (kept == null) {
            return;
        }
        kept.add(change);
        for (Waiting each : List.copyOf(waiting.values())) {
            if (!mustWait(each.asker(), each.had(), change.after())) {
                waiting.remove(each.asker().brokerId());
                answer(each, newsSince(each.had(), change.after(), kept));
            }
        }
    }

    /**
     * Whether there is nothing for a broker yet: it has this very image, or it begins and its registration has not been
     * taken note of, so that what the image says of it is about the process before it (R12).
     */
    private static boolean mustWait(Asker asker, ImageVersion had, ClusterImage current) {
        boolean begins = had.equals(ImageVersion.NONE);
        return had.equals(current.version())
                || (begins
                        && current.broker(asker.brokerId())
                                .filter(known -> known.epoch() == asker.brokerEpoch())
                                .isEmpty());
    }

    /** Answers now or later; only while this node is controller. */
    void poll(PeerRequest.Poll poll, ClusterImage current, Consumer<byte[]> answer) {
        ImageHistory kept = history;
        if (kept == null) {
            kept = new ImageHistory(current.version());
            history = kept;
        }
        Asker asker = poll.sender().asker();
        int broker = asker.brokerId();
        seen.polled(asker, poll.had(), current);
        Waiting before = waiting.remove(broker);
        if (before != null) {
            answer(before, noNews(before.had()));
        }
        if (!mustWait(asker, poll.had(), current)) {
            answer.accept(newsSince(poll.had(), current, kept));
        } else if (waiting.size() >= MAX_WAITING) {
            answer.accept(noNews(poll.had()));
        } else {
            int waitMs = Math.max(0, Math.min(poll.maxWaitMs(), MAX_WAIT_MS));
            Cancellable timer = loop.schedule(waitMs, () -> waitedLongEnough(broker));
            waiting.put(broker, new Waiting(asker, poll.had(), answer, timer));
        }
    }

    /** Runs {@code task} once all brokers have the image as it is now, or after a while; at once while none is served. */
    void whenSeen(Runnable task) {
        ClusterImage current = image;
        if (current == null) {
            task.run();
        } else {
            seen.whenSeen(current.version(), current, task);
        }
    }

    /** The image that is served, while this node is controller. */
    Optional<ClusterImage> image() {
        return Optional.ofNullable(image);
    }

    private void waitedLongEnough(int broker) {
        Waiting each = waiting.remove(broker);
        if (each != null) {
            each.answer().accept(noNews(each.had()));
        }
    }

    private static void answer(Waiting waiting, byte[] answer) {
        waiting.timer().cancel();
        waiting.answer().accept(answer);
    }

    private byte[] newsSince(ImageVersion had, ClusterImage current, ImageHistory kept) {
        Optional<List<byte[]>> steps = kept.since(had);
        return steps.isPresent() ? PeerAnswer.writeDelta(had, steps.get()) : snapshotOf(current);
    }

    private static byte[] noNews(ImageVersion had) {
        return PeerAnswer.writeDelta(had, List.of());
    }

    private byte[] snapshotOf(ClusterImage current) {
        byte[] bytes = snapshot;
        if (bytes == null) {
            bytes = PeerAnswer.write(new PeerAnswer.Snapshot(
                    current.version(), ImageDiff.between(ClusterImage.empty(current.clusterId()), current)));
            if (bytes.length > PeerAnswer.MAX_BYTES) {
                LOG.error(
                        "image too large for one message bytes={} most={} partitions={}",
                        bytes.length,
                        PeerAnswer.MAX_BYTES,
                        current.partitionCount());
                bytes = PeerAnswer.write(new PeerAnswer.Refused("The image of " + current.partitionCount()
                        + " partitions takes " + bytes.length + " bytes; one message carries "
                        + PeerAnswer.MAX_BYTES));
            }
            snapshot = bytes;
        }
        return bytes;
    }
}
