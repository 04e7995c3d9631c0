package io.sluice.server;

import io.sluice.base.SystemEntropy;
import io.sluice.base.Workers;
import io.sluice.cluster.ClusterNode;
import io.sluice.cluster.ClusterStartException;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.NodeIdentity;
import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.zookeeper.EmbeddedZooKeeper;
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
    private static final String LOOPBACK = "127.0.0.1:";

    private final FolderLock lock;
    private final @Nullable EmbeddedZooKeeper embedded;
    private final ClusterNode node;
    private final String clusterId;

    private Coordination(FolderLock lock, @Nullable EmbeddedZooKeeper embedded, ClusterNode node)
            throws StartupException {
        this.lock = lock;
        this.embedded = embedded;
        this.node = node;
        try {
            this.clusterId = await(node.open(Optional.empty()));
        } catch (StartupException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static Coordination open(ServerConfig config, ControlLoop control, Workers workers) throws StartupException {
        for (Path folder : config.dataFolders()) {
            FolderLock.refuseKafkas(folder);
        }
        FolderLock lock = FolderLock.take(config.dataFolders().get(0));
        try {
            if (config.zookeeper().isPresent()) {
                String connect = config.zookeeper().get();
                return new Coordination(lock, null, node(config, control, workers, lock, connect));
            }
            EmbeddedZooKeeper embedded = startEmbedded(config.dataFolders().get(0), control, workers);
            return new Coordination(lock, embedded, node(config, control, workers, lock, LOOPBACK + embedded.port()));
        } catch (StartupException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static EmbeddedZooKeeper startEmbedded(Path data, ControlLoop control, Workers workers)
            throws StartupException {
        FolderFailure.requireRoom(data);
        Path folder = data.resolve(FOLDER);
        try {
            return EmbeddedZooKeeper.start(EmbeddedZooKeeper.Options.in(folder), control, workers);
        } catch (IOException e) {
            throw new StartupException(
                    "the embedded ZooKeeper cannot start in " + folder + ": " + e.getMessage()
                            + "; check that the folder is writable and its disk not full",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartupException("interrupted while ZooKeeper was starting", e);
        }
    }

    private static ClusterNode node(
            ServerConfig config, ControlLoop control, Workers workers, FolderLock lock, String connect) {
        SettingLayers settings = SettingLayers.ofStatic(config.values());
        ZooKeeperStore store = new ZooKeeperStore(
                control,
                workers,
                new ZooKeeperStore.Options(connect, settings.get(BrokerClusterSettings.ZOOKEEPER_SESSION_TIMEOUT_MS)));
        NodeIdentity identity =
                new NodeIdentity(config.nodeId(), lock.identity(), settings.find(BrokerClusterSettings.BROKER_RACK));
        return new ClusterNode(
                control,
                store,
                SystemEntropy.INSTANCE,
                new ClusterNode.Options(
                        identity,
                        settings.get(BrokerClusterSettings.ZOOKEEPER_CONNECTION_TIMEOUT_MS),
                        settings.get(BrokerNetworkSettings.REQUEST_TIMEOUT_MS),
                        config.values()));
    }

    ClusterNode node() {
        return node;
    }

    String clusterId() {
        return clusterId;
    }

    /** Registers this broker and waits for the first image. */
    void join(List<Endpoint> endpoints) throws StartupException {
        await(node.join(endpoints));
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
