package io.sluice.cluster;

import java.util.UUID;

/**
 * A replica of a partition whose log the asking broker has lost: it is damaged, or its data folder is out of service.
 *
 * @param toldEpoch the newest leader epoch in which the broker may have told a leader how far this log goes, -1 when it
 *     never did since it registered
 */
public record LostReplica(UUID topicId, int partition, int toldEpoch) {}
