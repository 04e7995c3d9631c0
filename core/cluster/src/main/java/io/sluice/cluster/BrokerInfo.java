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
 * @param shuttingDown it is about to leave: it gets no leaderships and joins no in-sync set (R20)
 * @param level which messages it understands, for rolling upgrades
 */
public record BrokerInfo(
        int id,
        long epoch,
        List<Endpoint> endpoints,
        Optional<String> rack,
        EpochChain proven,
        boolean shuttingDown,
        int level) {
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
            boolean shuttingDown) {
        this(id, epoch, endpoints, rack, proven, shuttingDown, PeerLevel.OWN);
    }

    /** A broker that proves nothing and means to stay. */
    public BrokerInfo(int id, long epoch, List<Endpoint> endpoints, Optional<String> rack) {
        this(id, epoch, endpoints, rack, EpochChain.NONE, false);
    }

    public BrokerInfo leaving() {
        return new BrokerInfo(id, epoch, endpoints, rack, proven, true, level);
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
