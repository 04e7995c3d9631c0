package io.sluice.cluster;

import java.util.UUID;

/** Port: what logs this broker has, for a controller that must choose among replicas that may have lost records (R14). */
@FunctionalInterface
public interface LogEnds {
    /** Where the log of a partition ends here; {@link LogEnd#NONE} when there is none. Control loop; does not block. */
    LogEnd of(UUID topicId, int partition);
}
