package io.sluice.cluster;

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
 */
public record BrokerInfo(int id, long epoch, List<Endpoint> endpoints, Optional<String> rack) {
    public BrokerInfo {
        endpoints = List.copyOf(endpoints);
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
