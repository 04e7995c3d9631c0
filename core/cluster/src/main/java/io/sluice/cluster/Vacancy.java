package io.sluice.cluster;

import java.util.List;
import java.util.UUID;

/**
 * A partition without a leader whose last known replicas are all there, none of them with proof of its log (R14). What
 * they say of their logs holds for exactly this state and these processes.
 *
 * @param candidates in the order of the assignment
 */
record Vacancy(UUID topicId, int partition, int partitionEpoch, List<Asker> candidates) {
    Vacancy {
        candidates = List.copyOf(candidates);
    }

    /** The order in which they are preferred when nothing is known of their logs. */
    BrokerIds byAssignment() {
        return BrokerIds.copyOf(candidates.stream().map(Asker::brokerId).toList());
    }
}
