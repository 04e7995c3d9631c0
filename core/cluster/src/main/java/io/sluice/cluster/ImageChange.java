package io.sluice.cluster;

import java.util.List;

/**
 * One step from an image to the next. The events say what differs, so that a listener does not have to compare
 * thousands of topics to find the one that is new.
 *
 * @param before what listeners were last told; empty for the first
 * @param after what holds now
 * @param events what leads from one to the other, in order
 */
public record ImageChange(ClusterImage before, ClusterImage after, List<ImageEvent> events) {
    public ImageChange {
        events = List.copyOf(events);
    }
}
