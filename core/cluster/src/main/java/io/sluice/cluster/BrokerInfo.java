package io.sluice.cluster;

import io.sluice.base.EpochChain;
import java.util.List;
import java.util.Optional;

/**
 * A live broker, as it registered itself.
 *
 * @param id the configured node id
 * @param epoch the creation id of its registration: it changes with every registration, so a restart is never taken
 *     for the process before it (R12)
 * @param endpoints its advertised addresses, in the order of its listeners
 * @param rack where it stands, if it says so
 * @param proven the earlier registrations whose logs it can show to be whole, by clean shutdowns or because its machine
 *     has not been started anew since (R14)
 * @param level which messages it understands, for rolling upgrades
 * @param minInSync what it was started with as min.insync.replicas; 0 of a version that does not say
 * @param condition whether it may be given more to do
 */
public record BrokerInfo(
        int id,
        long epoch,
        List<Endpoint> endpoints,
        Optional<String> rack,
        EpochChain proven,
        int level,
        int minInSync,
        Condition condition) {
    /** Whether a broker may be given leaderships and join in-sync sets, as far as it says itself. */
    public enum Condition {
        SERVING,
        /** A disk of it has no room: it takes no records, so others should lead and not wait for it. */
        FULL,
        /** It is about to leave (R20). */
        LEAVING
    }

    public BrokerInfo {
        endpoints = List.copyOf(endpoints);
    }

    /** A broker of this version. */
    public BrokerInfo(
            int id,
            long epoch,
            List<Endpoint> endpoints,
            Optional<String> rack,
            EpochChain proven,
            int minInSync,
            Condition condition) {
        this(id, epoch, endpoints, rack, proven, PeerLevel.OWN, minInSync, condition);
    }

    /** A broker that proves nothing and means to stay. */
    public BrokerInfo(int id, long epoch, List<Endpoint> endpoints, Optional<String> rack) {
        this(id, epoch, endpoints, rack, EpochChain.NONE);
    }

    /** A broker that means to stay. */
    public BrokerInfo(int id, long epoch, List<Endpoint> endpoints, Optional<String> rack, EpochChain proven) {
        this(id, epoch, endpoints, rack, proven, 0, Condition.SERVING);
    }

    BrokerInfo in(Condition now) {
        return new BrokerInfo(id, epoch, endpoints, rack, proven, level, minInSync, now);
    }

    public BrokerInfo leaving() {
        return in(Condition.LEAVING);
    }

    public boolean shuttingDown() {
        return condition == Condition.LEAVING;
    }

    /** Whether it means to stay and has room. */
    public boolean isServing() {
        return condition == Condition.SERVING;
    }

    /** The endpoint of a listener by its name. */
    public Optional<Endpoint> endpoint(String listener) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.listener().equals(listener)) {
                return Optional.of(endpoint);
            }
        }
        return Optional.empty();
    }
}
