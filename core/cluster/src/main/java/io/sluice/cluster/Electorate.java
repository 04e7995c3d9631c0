package io.sluice.cluster;

import java.util.SortedMap;

/**
 * The brokers as an election sees them.
 *
 * @param live by id; whoever is not among them is dead
 */
record Electorate(SortedMap<Integer, BrokerInfo> live) {
    boolean isLive(int broker) {
        return live.containsKey(broker);
    }

    /** Whether it lives, does not mean to leave (R20) and has room for what it would be given. */
    boolean isStaying(int broker) {
        BrokerInfo info = live.get(broker);
        return info != null && info.isServing();
    }

    /** The registration of a broker; -1 when it is dead. */
    long epochOf(int broker) {
        BrokerInfo info = live.get(broker);
        return info == null ? -1 : info.epoch();
    }

    /** Whether this very registration of the broker is the one that holds (R12). */
    boolean isCurrent(int broker, long epoch) {
        BrokerInfo info = live.get(broker);
        return info != null && info.epoch() == epoch;
    }
}
