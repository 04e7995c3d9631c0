package io.sluice.replication;

/** The registrations of brokers as the cluster image has them. */
@FunctionalInterface
public interface BrokerEpochs {
    /** No such broker is registered, or it may not join in-sync sets. */
    long NONE = -1;

    /** The epoch under which the broker is registered now (R12), or {@link #NONE}. */
    long of(int brokerId);
}
