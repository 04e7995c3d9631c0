package io.sluice.engine;

import io.sluice.cluster.PartitionImage;

/**
 * What this broker is to a partition at present, as the controller decided it. Immutable, swapped whole.
 *
 * @param leading whether this broker leads
 * @param leader the broker that leads, -1 when none does
 * @param epoch the leader epoch; requests that carry another are fenced (R8)
 * @param inSyncReplicas how many replicas are in sync, this one included
 */
public record Leadership(boolean leading, int leader, int epoch, int inSyncReplicas) {
    /** Whether anybody leads, so that what is committed here can be read here (KIP-392). */
    public boolean isServed() {
        return leader != PartitionImage.NO_LEADER;
    }
}
