package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;

/** Port: connections over which this broker fetches from the leaders of partitions that it follows. */
@FunctionalInterface
public interface ReplicaLinks {
    /**
     * A link to {@code leader} whose answers come on {@code loop}. Connects when it is first used. On that loop.
     */
    ReplicaLink open(Loop loop, BrokerInfo leader);
}
