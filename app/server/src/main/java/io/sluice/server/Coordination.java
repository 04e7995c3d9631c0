package io.sluice.server;

import io.sluice.base.EpochChain;
import io.sluice.base.SystemEntropy;
import io.sluice.base.Workers;
import io.sluice.cluster.ClusterNode;
import io.sluice.cluster.ClusterStartException;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.NodeIdentity;
import io.sluice.cluster.PeerMessages;
import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.TopicSettings;
import io.sluice.log.NioDisk;
import io.sluice.log.StoreIdentity;
import io.sluice.zookeeper.Access;
import io.sluice.zookeeper.BusyPortException;
import io.sluice.zookeeper.EmbeddedZooKeeper;
import io.sluice.zookeeper.ForeignFolderException;
import io.sluice.zookeeper.ZooKeeperStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * This broker's tie to ZooKeeper: starts an embedded server unless one is given, finds the cluster, joins it. Used by
 * the thread that starts the broker; blocks.
 */
final class Coordination implements AutoCloseable {
    private static final String FOLDER = "zookeeper";
    private static final long LEAVE_TIMEOUT_MS = 2_000;

    private final FolderLock lock;
    private final @Nullable EmbeddedZooKeeper embedded;
    private final ClusterNode node;
    private final String clusterId;

    private Coordination(
            FolderLock lock, @Nullable EmbeddedZooKeeper embedded, ClusterNode node, Optional<String> expectedCluster)
            throws StartupException {
        this.lock = lock;
        this.embedded = embedded;
        this.node = node;
        try {
            this.clusterId = await(node.open(expectedCluster));
        } catch (StartupException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** @param peers carries messages to other brokers */
    static Coordination open(ServerConfig config, ControlLoop control, Workers workers, PeerMessages peers)
            throws StartupException {
        for (Path folder : config.dataFolders()) {
            FolderLock.refuseKafkas(folder);
        }
        boolean given = config.coordination() instanceof CoordinationConfig.Given;
        Access access = ZooKeeperAccess.of(SettingLayers.ofStatic(config.values()), given);
        Path data = config.dataFolders().get(0);
        FolderLock lock = FolderLock.take(data);
        try {
            Optional<String> expected = clusterOf(config.dataFolders());
            if (config.coordination() instanceof CoordinationConfig.Given ensemble) {
                ZooKeeperStore store = store(config, control, workers, ensemble.connect(), access);
                return new Coordination(lock, null, node(config, control, peers, lock, store, expected), expected);
            }
            EmbeddedZooKeeper.Options options =
                    config.coordination().server(data.resolve(FOLDER)).orElseThrow();
            EmbeddedZooKeeper embedded = startEmbedded(data, options, control, workers);
            ZooKeeperStore store = store(config, control, workers, embedded.connectString(), access);
            return new Coordination(lock, embedded, node(config, control, peers, lock, store, expected), expected);
        } catch (StartupException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The cluster that the data belongs to, if there is data (S15): no other is to be found, nor a new one founded. */
    private static Optional<String> clusterOf(List<Path> folders) throws StartupException {
        for (Path folder : folders) {
            try {
                Optional<StoreIdentity> identity = StoreIdentity.find(folder, new NioDisk());
                if (identity.isPresent()) {
                    return Optional.of(identity.get().clusterId());
                }
            } catch (IOException e) {
                throw FolderFailure.cannotUse(folder, e);
            }
        }
        return Optional.empty();
    }

    private static EmbeddedZooKeeper startEmbedded(
            Path data, EmbeddedZooKeeper.Options options, ControlLoop control, Workers workers)
            throws StartupException {
        FolderFailure.requireRoom(data);
        try {
            return EmbeddedZooKeeper.start(options, control, workers);
        } catch (ForeignFolderException e) {
            throw new StartupException(String.valueOf(e.getMessage()), e);
        } catch (BusyPortException e) {
            throw new StartupException(
                    "the embedded ZooKeeper cannot listen: " + e.getMessage()
                            + "; stop what uses it, or give the node another port in sluice.cluster on all nodes",
                    e);
        } catch (IOException e) {
            throw new StartupException(
                    "the embedded ZooKeeper cannot start in " + options.folder() + ": " + e.getMessage()
                            + "; check that the folder is writable and its disk not full",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("interrupted while ZooKeeper was starting", e);
        }
    }

    private static ZooKeeperStore store(
            ServerConfig config, ControlLoop control, Workers workers, String connect, Access access) {
        int sessionTimeoutMs =
                SettingLayers.ofStatic(config.values()).get(BrokerClusterSettings.ZOOKEEPER_SESSION_TIMEOUT_MS);
        return new ZooKeeperStore(control, workers, new ZooKeeperStore.Options(connect, sessionTimeoutMs, access));
    }

    private static ClusterNode node(
            ServerConfig config,
            ControlLoop control,
            PeerMessages peers,
            FolderLock lock,
            ZooKeeperStore store,
            Optional<String> expectedCluster) {
        SettingLayers settings = SettingLayers.ofStatic(config.values());
        NodeIdentity identity = new NodeIdentity(
                config.nodeId(),
                lock.identity(),
                settings.find(BrokerClusterSettings.BROKER_RACK),
                settings.get(TopicSettings.MIN_INSYNC_REPLICAS));
        return new ClusterNode(
                control,
                store,
                peers,
                SystemEntropy.INSTANCE,
                new ClusterNode.Options(
                        identity,
                        config.startTimeoutMs(expectedCluster.isPresent()),
                        settings.get(BrokerNetworkSettings.REQUEST_TIMEOUT_MS),
                        config.values()));
    }

    ClusterNode node() {
        return node;
    }

    String clusterId() {
        return clusterId;
    }

    /**
     * Registers this broker and waits for the first image.
     *
     * @param proven the registrations of which its logs certainly have everything (R14)
     */
    void join(List<Endpoint> endpoints, EpochChain proven) throws StartupException {
        await(node.join(endpoints, proven));
    }

    private static <T> T await(CompletionStage<T> stage) throws StartupException {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            String message = cause instanceof ClusterStartException
                    ? String.valueOf(cause.getMessage())
                    : "the cluster cannot be joined: " + cause;
            throw new StartupException(message, e);
        }
    }

    @Override
    public void close() {
        node.close()
                .toCompletableFuture()
                .completeOnTimeout(null, LEAVE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .join();
        EmbeddedZooKeeper server = embedded;
        if (server != null) {
            server.close();
        }
        lock.close();
    }
}
