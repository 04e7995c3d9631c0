package io.sluice.cluster;

import java.util.function.LongConsumer;

/** Who this node is at the moment, as its messages say it. Changed by the control loop; read by any thread. */
final class Self {
    private static final long NOT_REGISTERED = -1;

    private final int brokerId;
    private volatile String clusterId = "";
    private volatile long brokerEpoch = NOT_REGISTERED;
    private LongConsumer onRegistered = epoch -> {};

    Self(int brokerId) {
        this.brokerId = brokerId;
    }

    int brokerId() {
        return brokerId;
    }

    /** Empty until the cluster is found. */
    String clusterId() {
        return clusterId;
    }

    /** The epoch of the latest registration, also when its session is over; -1 before the first and after the last. */
    long brokerEpoch() {
        return brokerEpoch;
    }

    Asker asker() {
        return new Asker(brokerId, brokerEpoch);
    }

    /** The sender of a request that is meant for the term {@code controllerEpoch}. */
    PeerRequest.Sender sender(int controllerEpoch) {
        return new PeerRequest.Sender(clusterId, controllerEpoch, asker());
    }

    void belongsTo(String cluster) {
        clusterId = cluster;
    }

    /** Is told of each new registration, by the control loop. */
    void onRegistered(LongConsumer told) {
        onRegistered = onRegistered.andThen(told);
    }

    void registered(long epoch) {
        if (epoch != brokerEpoch) {
            brokerEpoch = epoch;
            onRegistered.accept(epoch);
        }
    }

    void unregistered() {
        brokerEpoch = NOT_REGISTERED;
    }
}
