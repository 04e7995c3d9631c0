package io.sluice.cluster;

import java.util.Optional;
import java.util.UUID;

/**
 * Who this node is.
 *
 * @param brokerId unique in the cluster
 * @param directory the identity of the data folder, kept in it. The caller holds the folder's lock: a registration that
 *     carries this identity and is not of our session was made by a process that is dead, so it may be replaced at once
 *     instead of waiting until its session runs out (R19)
 * @param rack where the node stands
 * @param minInSync what it was started with as min.insync.replicas
 */
public record NodeIdentity(int brokerId, UUID directory, Optional<String> rack, int minInSync) {
    /** One that does not say what it was started with. */
    public NodeIdentity(int brokerId, UUID directory, Optional<String> rack) {
        this(brokerId, directory, rack, 0);
    }
}
