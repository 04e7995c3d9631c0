package io.sluice.cluster;

import java.util.Optional;

/**
 * Asks to move a partition to other brokers (KIP-455).
 *
 * @param target the replicas it shall have, preferred leader first; empty to cancel the move that is under way
 */
public record PartitionMove(PartitionRef partition, Optional<BrokerIds> target) {}
