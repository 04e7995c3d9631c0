package io.sluice.server;

import io.sluice.base.Loop;
import io.sluice.base.SystemClock;
import io.sluice.base.Workers;
import io.sluice.cluster.PeerMessages;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.engine.ReplicaLinks;
import io.sluice.kafka.peer.BrokerMessages;
import io.sluice.kafka.peer.FetchLinks;
import io.sluice.kafka.peer.InterBrokerListener;
import io.sluice.network.NetworkLoops;
import io.sluice.network.PeerConnections;
import java.util.Optional;

/** This broker's connections to the others of its cluster: for messages, and for copying from leaders. */
final class OtherBrokers implements AutoCloseable {
    private final BrokerMessages messages;
    private final FetchLinks links;

    OtherBrokers(ServerConfig config, NetworkLoops loops, Workers workers, Loop control) {
        SettingLayers settings = SettingLayers.ofStatic(config.values());
        InterBrokerListener listener = new InterBrokerListener(
                settings.find(BrokerNetworkSettings.INTER_BROKER_LISTENER_NAME).filter(name -> !name.isEmpty()),
                Optional.empty());
        PeerConnections connections =
                new PeerConnections(loops, workers, SystemClock.INSTANCE, MachineLimits.peerAnswerBytes());
        this.messages = new BrokerMessages(connections, listener, control);
        this.links =
                new FetchLinks(connections, listener, settings.get(BrokerNetworkSettings.REPLICA_SOCKET_TIMEOUT_MS));
    }

    PeerMessages messages() {
        return messages;
    }

    ReplicaLinks links() {
        return links;
    }

    @Override
    public void close() {
        messages.close();
    }
}
