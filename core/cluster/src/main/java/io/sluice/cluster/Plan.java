package io.sluice.cluster;

import java.util.List;

/**
 * What the controller decided about one topic or resource: what to write, what the image becomes, what to answer. The
 * writes go into one transaction together. Writing them twice is the same as once, so a write whose answer was lost can
 * simply be sent again (R19).
 *
 * @param ops what to write; bytes stay untouched
 * @param events what the image becomes by it
 * @param result what to answer once it is written
 */
record Plan<T>(List<StoreOp> ops, List<ImageEvent> events, T result) {
    int requestBytes() {
        int bytes = 0;
        for (StoreOp op : ops) {
            bytes += StoreOp.requestBytes(op);
        }
        return bytes;
    }
}
