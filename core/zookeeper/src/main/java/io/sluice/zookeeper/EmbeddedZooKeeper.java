package io.sluice.zookeeper;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.zookeeper.metrics.impl.NullMetricsProvider;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standalone ZooKeeper server inside this JVM, on loopback, for a broker that was not given an ensemble. It keeps its
 * log and snapshots in one folder and forces every change to disk before it answers.
 *
 * <p>It is put together from ZooKeeper's parts rather than by {@code ZooKeeperServerEmbedded}, which leaves a
 * configuration file behind at every start and brings JMX, an admin server and several threads along (ADR 0002).
 *
 * <p>{@link #start} and {@link #close} block; call them where that is allowed. Never ends the JVM.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);

    private static final int MAX_CONNECTIONS_PER_ADDRESS = 60;
    private static final int SNAPSHOTS_KEPT = 3;
    private static final long FIRST_PURGE_MS = 60_000;
    private static final long PURGE_EVERY_MS = 6 * 3_600_000L;

    /**
     * @param folder where the server keeps its data; made when missing
     * @param port on loopback; 0 takes a free one
     * @param tickMs ZooKeeper's unit of time: sessions last from 2 to 20 ticks
     */
    public record Options(Path folder, int port, int tickMs) {
        public static final int DEFAULT_TICK_MS = 1_000;

        public static Options in(Path folder) {
            return new Options(folder, 0, DEFAULT_TICK_MS);
        }
    }

    /** Read by ZooKeeper's classes when they load; a value that the user gave to the JVM wins. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "zookeeper.nio.numSelectorThreads", "1",
            "zookeeper.nio.numWorkerThreads", "0", // the selector does the work itself: there are few clients
            "zookeeper.preAllocSize", "1024", // KiB by which the log grows, instead of 64 MiB
            "zookeeper.snapCount", "20000", // a snapshot often enough to start fast after a crash
            "zookeeper.4lw.commands.whitelist", "", // no commands in plain text
            "zookeeper.maxResponseCacheSize", "0",
            "zookeeper.maxGetChildrenResponseCacheSize", "0",
            "zookeeper.digest.enabled", "false", // guards against replicas that differ, and here is one
            "zookeeper.jmx.log4j.disable", "true");

    private final FileTxnSnapLog files;
    private final ZooKeeperServer server;
    private final NIOServerCnxnFactory connections;
    private final Path folder;
    private final Loop loop;
    private final Workers workers;
    private volatile boolean closed;

    private EmbeddedZooKeeper(
            FileTxnSnapLog files,
            ZooKeeperServer server,
            NIOServerCnxnFactory connections,
            Path folder,
            Loop loop,
            Workers workers) {
        this.files = files;
        this.server = server;
        this.connections = connections;
        this.folder = folder;
        this.loop = loop;
        this.workers = workers;
    }

    /**
     * Starts a server; it serves when this returns.
     *
     * @param loop keeps time for removing old files
     * @param workers removes them
     * @throws IOException when the port is taken, or the folder can't be used or holds data that can't be read
     */
    public static EmbeddedZooKeeper start(Options options, Loop loop, Workers workers)
            throws IOException, InterruptedException {
        PROPERTIES.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        // The broker's own client comes next: its classes load on another core while the server starts.
        workers.execute(LightClient::load);
        ServerMetrics.metricsProviderInitialized(NullMetricsProvider.INSTANCE);
        Files.createDirectories(options.folder());
        FileTxnSnapLog files =
                new FileTxnSnapLog(options.folder().toFile(), options.folder().toFile());
        NIOServerCnxnFactory connections = quietConnections();
        try {
            ZooKeeperServer server = new QuietServer(files, options.tickMs());
            connections.configure(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()),
                    MAX_CONNECTIONS_PER_ADDRESS);
            connections.startup(server);
            LOG.info("embedded ZooKeeper serves port={} folder={}", connections.getLocalPort(), options.folder());
            EmbeddedZooKeeper started =
                    new EmbeddedZooKeeper(files, server, connections, options.folder(), loop, workers);
            started.purgeIn(FIRST_PURGE_MS);
            return started;
        } catch (IOException | InterruptedException | RuntimeException e) {
            connections.shutdown();
            files.close();
            throw e;
        }
    }

    /** Where clients connect. */
    public String connectString() {
        return "127.0.0.1:" + connections.getLocalPort();
    }

    public int port() {
        return connections.getLocalPort();
    }

    /** Stops serving and closes all files. Everything that was answered is on disk. */
    @Override
    public void close() {
        closed = true;
        connections.shutdown();
        server.shutdown(true);
        try {
            files.close();
        } catch (IOException e) {
            LOG.warn("embedded ZooKeeper did not close its files cleanly reason=\"{}\"", e.getMessage());
        }
    }

    private void purgeIn(long delayMs) {
        loop.schedule(delayMs, () -> {
            if (closed) {
                return;
            }
            try {
                workers.execute(this::purge);
            } catch (RejectedExecutionException e) {
                LOG.debug("workers are busy; old ZooKeeper files are removed later");
            }
            purgeIn(PURGE_EVERY_MS);
        });
    }

    private void purge() {
        try {
            PurgeTxnLog.purge(folder.toFile(), folder.toFile(), SNAPSHOTS_KEPT);
        } catch (IOException | RuntimeException e) {
            LOG.warn("old ZooKeeper files can't be removed folder={} reason=\"{}\"", folder, e.getMessage());
        }
    }

    /** A server without management beans: registering them would load all of JMX. */
    private static final class QuietServer extends ZooKeeperServer {
        QuietServer(FileTxnSnapLog files, int tickMs) {
            super(null, files, tickMs, -1, -1, -1, null, "");
        }

        @Override
        protected void registerJMX() {}

        @Override
        protected void unregisterJMX() {}
    }

    /** Loading the class sets the JVM's handler of uncaught exceptions, which is not ZooKeeper's to set. */
    private static NIOServerCnxnFactory quietConnections() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            return new QuietConnections();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    private static final class QuietConnections extends NIOServerCnxnFactory {
        @Override
        public void registerConnection(ServerCnxn connection) {}

        @Override
        public void unregisterConnection(ServerCnxn connection) {}
    }
}
