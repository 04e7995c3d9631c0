package io.sluice.replication;

/** The registrations of brokers as the cluster image has them. */
@FunctionalInterface
public interface BrokerEpochs {
    /** No such broker is registered. */
    long NONE = -1;

    /** The epoch under which the broker is registered now (R12), or {@link #NONE}. */
    long of(int brokerId);

    /** Whether the broker is about to leave: it joins no in-sync set then (R20). */
    default boolean isLeaving(int brokerId) {
        return false;
    }
}
