package io.sluice.engine;

import io.sluice.cluster.IsrChange;
import io.sluice.replication.BrokerEpochs;

/**
 * What a partition needs of its broker to be a replica among others.
 *
 * @param self this broker
 * @param epochs the registrations of all brokers; any thread
 * @param roles hears what this broker becomes to the partition
 * @param proposals takes the changes of the in-sync set that a leader asks for
 * @param throttle the rate at which leaders give throttled partitions to replicas that are not in sync
 */
record ReplicaPorts(
        int self, BrokerEpochs epochs, RoleListener roles, Proposals proposals, ReplicationThrottle throttle) {
    /** Brings a change of the in-sync set to the controller. On the partition's home loop. */
    @FunctionalInterface
    interface Proposals {
        /** The outcome is told to {@link Partition#isrAnswered}. */
        void propose(Partition partition, IsrChange change);
    }
}
