package io.sluice.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The last changes of one term's image, written once for all who follow. Holds so many and so many bytes and forgets the
 * oldest beyond; who has fallen behind further takes the whole image. Control loop.
 */
final class ImageHistory {
    private static final int MAX_STEPS = 4_096;
    private static final int MAX_BYTES = 8 * 1024 * 1024;
    /** What one delta carries at most, unless a single step is larger. */
    private static final int MAX_DELTA_BYTES = 1024 * 1024;

    private final int maxSteps;
    private final ArrayDeque<byte[]> steps = new ArrayDeque<>();
    private ImageVersion latest;
    private int bytes;

    ImageHistory(ImageVersion from) {
        this(from, MAX_STEPS);
    }

    ImageHistory(ImageVersion from, int maxSteps) {
        this.latest = from;
        this.maxSteps = maxSteps;
    }

    ImageVersion latest() {
        return latest;
    }

    void add(ImageChange change) {
        byte[] step = PeerAnswer.writeStep(change.events());
        latest = change.after().version();
        steps.add(step);
        bytes += step.length;
        while (steps.size() > maxSteps || bytes > MAX_BYTES) {
            bytes -= steps.remove().length;
        }
    }

    /** The steps that follow {@code had}, as many as one answer carries; empty if they are not kept. */
    Optional<List<byte[]>> since(ImageVersion had) {
        long missing = latest.sequence() - had.sequence();
        if (had.controllerEpoch() != latest.controllerEpoch() || missing < 0 || missing > steps.size()) {
            return Optional.empty();
        }
        List<byte[]> newest = new ArrayList<>((int) missing);
        Iterator<byte[]> backwards = steps.descendingIterator();
        for (long i = 0; i < missing; i++) {
            newest.add(backwards.next());
        }
        Collections.reverse(newest);
        return Optional.of(firstOf(newest));
    }

    private static List<byte[]> firstOf(List<byte[]> all) {
        int size = 0;
        for (int i = 0; i < all.size(); i++) {
            size += all.get(i).length;
            if (size > MAX_DELTA_BYTES && i > 0) {
                return all.subList(0, i);
            }
        }
        return all;
    }
}
