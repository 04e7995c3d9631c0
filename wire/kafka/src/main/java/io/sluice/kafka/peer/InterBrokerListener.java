package io.sluice.kafka.peer;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Endpoint;
import io.sluice.network.PeerAddress;
import java.util.Optional;

/**
 * Which of a broker's listeners other brokers use: the one of this name, else the first that speaks this protocol, else
 * the first.
 *
 * @param name {@code inter.broker.listener.name}
 * @param securityProtocol {@code security.inter.broker.protocol}
 */
public record InterBrokerListener(Optional<String> name, Optional<String> securityProtocol) {
    public static final InterBrokerListener FIRST = new InterBrokerListener(Optional.empty(), Optional.empty());

    /** Where to reach {@code broker}; empty when it has no such listener. */
    public Optional<PeerAddress> addressOf(BrokerInfo broker) {
        return broker.endpoints().stream()
                .filter(this::isMeant)
                .findFirst()
                .map(endpoint -> new PeerAddress(endpoint.host(), endpoint.port()));
    }

    /** Whether {@code listener} is the one, of a broker's {@code all} in their order. */
    private boolean isMeant(Endpoint endpoint) {
        if (name.isPresent()) {
            return endpoint.listener().equalsIgnoreCase(name.get());
        }
        return securityProtocol.isEmpty() || endpoint.securityProtocol().equalsIgnoreCase(securityProtocol.get());
    }

    /** For messages: what was looked for. */
    String wanted() {
        return name.map(one -> "listener " + one + " (inter.broker.listener.name)")
                .orElseGet(() -> securityProtocol
                        .map(one -> "listener for " + one + " (security.inter.broker.protocol)")
                        .orElse("listener"));
    }
}
