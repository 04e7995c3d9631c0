package io.sluice.server;

import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.zookeeper.EmbeddedZooKeeper;
import io.sluice.zookeeper.Ensemble;
import io.sluice.zookeeper.EnsembleMember;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where a broker finds ZooKeeper, by {@code zookeeper.connect}, {@code sluice.cluster}, or the lack of both. */
sealed interface CoordinationConfig {
    /** There is one already: an ensemble of its own, or that of the cluster's first nodes. */
    record Given(String connect) implements CoordinationConfig {}

    /** The broker runs a server on its own; where others may join, {@code only} says how they reach it. */
    record Alone(Optional<EnsembleMember> only) implements CoordinationConfig {}

    /** The broker runs one server of an ensemble. */
    record Member(Ensemble ensemble) implements CoordinationConfig {}

    static CoordinationConfig of(SettingLayers settings) throws StartupException {
        Optional<String> connect = text(settings.find(BrokerClusterSettings.ZOOKEEPER_CONNECT));
        Optional<String> cluster = text(settings.find(BrokerClusterSettings.CLUSTER));
        if (connect.isPresent() && cluster.isPresent()) {
            throw new StartupException("zookeeper.connect and sluice.cluster are both set; give the one for a ZooKeeper"
                    + " that is there already, or the other for one that the brokers run themselves");
        }
        if (cluster.isEmpty()) {
            return connect.<CoordinationConfig>map(Given::new).orElseGet(() -> new Alone(Optional.empty()));
        }
        List<EnsembleMember> members = ClusterMembers.parse(cluster.get());
        int self = self(settings);
        Optional<EnsembleMember> own =
                members.stream().filter(member -> member.id() == self).findFirst();
        if (own.isEmpty()) {
            return new Given(members.stream().map(EnsembleMember::clientAddress).collect(Collectors.joining(",")));
        }
        return members.size() == 1 ? new Alone(own) : new Member(new Ensemble(self, members));
    }

    private static Optional<String> text(Optional<String> value) {
        return value.filter(text -> !text.isBlank());
    }

    private static int self(SettingLayers settings) throws StartupException {
        if (settings.findExplicit(BrokerClusterSettings.NODE_ID).isEmpty()
                && settings.findExplicit(BrokerClusterSettings.BROKER_ID).isEmpty()) {
            throw new StartupException("sluice.cluster is set; say which node this is with --node (node.id): one of"
                    + " the cluster's, or another number for a broker that joins them");
        }
        return settings.get(BrokerClusterSettings.NODE_ID);
    }

    /** The server to run in this JVM, if one is. */
    default Optional<EmbeddedZooKeeper.Options> server(Path folder) {
        if (this instanceof Member member) {
            return Optional.of(EmbeddedZooKeeper.Options.member(folder, member.ensemble()));
        }
        if (this instanceof Alone alone) {
            return Optional.of(alone.only()
                    .map(only -> EmbeddedZooKeeper.Options.alone(folder, only))
                    .orElseGet(() -> EmbeddedZooKeeper.Options.in(folder)));
        }
        return Optional.empty();
    }

    /** By which name or address the cluster knows this node, if it has one. */
    default Optional<String> host() {
        if (this instanceof Member member) {
            return Optional.of(member.ensemble().own().host());
        }
        return this instanceof Alone alone ? alone.only().map(EnsembleMember::host) : Optional.empty();
    }
}
