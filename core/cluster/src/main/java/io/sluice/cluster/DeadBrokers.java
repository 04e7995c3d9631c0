package io.sluice.cluster;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sessions of brokers whose processes are gone, so that nobody has to wait until they run out. A process counts
 * as gone when its machine answers that nobody listens at its address; everything else is left to the session's
 * time-out. The session is ended only if the ephemeral node that led to the suspicion is still the same right before,
 * and by the key that lies in it (R19). A broker that lives after all learns that its session is over and registers
 * anew, which costs nobody anything but time. Control loop.
 */
final class DeadBrokers {
    private static final Logger LOG = LoggerFactory.getLogger(DeadBrokers.class);
    private static final long PROBE_MS = 500;

    private final CoordinationStore store;
    private final PeerMessages peers;
    private final Set<String> underway = new TreeSet<>();

    DeadBrokers(CoordinationStore store, PeerMessages peers) {
        this.store = store;
        this.peers = peers;
    }

    /** The broker that registered as {@code broker} may be gone. */
    void suspect(BrokerInfo broker) {
        suspect(broker, StorePaths.broker(broker.id()), broker.epoch(), data -> NodeCodec.registration(data)
                .session());
    }

    /** The controller may be gone. */
    void suspect(ImageFollower.Leader leader) {
        suspect(leader.broker(), StorePaths.CONTROLLER, leader.electedBy(), data -> NodeCodec.controller(data)
                .session());
    }

    private void suspect(BrokerInfo broker, String path, long createdBy, Function<byte[], Optional<SessionKey>> keyIn) {
        if (!underway.add(path)) {
            return;
        }
        peers.probe(broker, PROBE_MS).whenComplete((found, failure) -> {
            if (failure != null || found != PeerMessages.Reachability.REFUSES) {
                underway.remove(path);
                return;
            }
            store.get(path).whenComplete((node, unread) -> {
                Optional<SessionKey> key = unread == null && node.stat().createdBy() == createdBy
                        ? keyIn.apply(node.data())
                        : Optional.empty();
                if (key.isPresent() && key.get().id() == node.stat().ephemeralOwner()) {
                    end(broker, path, key.get());
                } else {
                    underway.remove(path); // gone already, registered anew, or without a key
                }
            });
        });
    }

    private void end(BrokerInfo broker, String path, SessionKey key) {
        LOG.warn(
                "broker gone broker={} epoch={} path={} session=0x{}: nobody listens at its address, ending its session",
                broker.id(),
                broker.epoch(),
                path,
                Long.toHexString(key.id()));
        store.endSession(key).whenComplete((done, failure) -> {
            underway.remove(path);
            if (failure != null) {
                LOG.warn("session not ended broker={} reason=\"{}\"", broker.id(), failure.getMessage());
            }
        });
    }
}
