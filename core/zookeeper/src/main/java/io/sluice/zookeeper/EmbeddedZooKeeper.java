package io.sluice.zookeeper;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.apache.zookeeper.metrics.impl.NullMetricsProvider;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.util.ServiceUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standalone ZooKeeper server inside this JVM, on loopback, for a broker that was not given an ensemble. It keeps its
 * log and snapshots in one folder and forces every change to disk before it answers.
 *
 * <p>It is put together from ZooKeeper's parts rather than by {@code ZooKeeperServerEmbedded}, which leaves a
 * configuration file behind at every start and brings JMX, an admin server and several threads along (ADR 0002).
 *
 * <p>A server whose disk fails or is full stops serving. It is looked after once a second and started anew on its port,
 * so that it comes back when the disk does; meanwhile the broker serves its data and refuses changes of the cluster.
 *
 * <p>{@link #start} and {@link #close} block; call them where that is allowed. Never ends the JVM.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);

    private static final int SNAPSHOTS_KEPT = 3;
    private static final long FIRST_PURGE_MS = 60_000;
    private static final long PURGE_EVERY_MS = 6 * 3_600_000L;
    private static final long LOOK_EVERY_MS = 1_000;

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

    private final Options options;
    private final int port;
    private final Loop loop;
    private final Workers workers;
    private volatile StandaloneServer server;
    private volatile boolean closed;
    private final Outage outage;

    private EmbeddedZooKeeper(Options options, StandaloneServer server, Loop loop, Workers workers) {
        this.options = options;
        this.server = server;
        this.port = server.port();
        this.loop = loop;
        this.workers = workers;
        this.outage = new Outage(options.folder());
    }

    /**
     * Starts a server; it serves when this returns.
     *
     * @param loop keeps time for looking after the server and for removing old files
     * @param workers does both
     * @throws IOException when the port is taken, or the folder can't be used or holds data that can't be read
     */
    public static EmbeddedZooKeeper start(Options options, Loop loop, Workers workers)
            throws IOException, InterruptedException {
        PROPERTIES.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        ServiceUtils.setSystemExitProcedure(
                code -> LOG.error("embedded ZooKeeper would end the JVM and is kept from it code={}", code));
        // The broker's own client comes next: its classes load on another core while the server starts.
        workers.execute(LightClient::load);
        ServerMetrics.metricsProviderInitialized(NullMetricsProvider.INSTANCE);
        Files.createDirectories(options.folder());
        StandaloneServer server = StandaloneServer.start(options.folder(), options.port(), options.tickMs());
        LOG.info("embedded ZooKeeper serves port={} folder={}", server.port(), options.folder());
        EmbeddedZooKeeper started = new EmbeddedZooKeeper(options, server, loop, workers);
        started.every(LOOK_EVERY_MS, LOOK_EVERY_MS, started::lookAfterServer);
        started.every(FIRST_PURGE_MS, PURGE_EVERY_MS, started::purge);
        return started;
    }

    /** Where clients connect. */
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Stops serving and closes all files. Everything that was answered is on disk. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.stop();
        }
    }

    /** The server as it is now, for tests that break it. */
    StandaloneServer server() {
        return server;
    }

    private void every(long firstMs, long thenMs, Runnable work) {
        loop.schedule(firstMs, () -> {
            if (closed) {
                return;
            }
            try {
                workers.execute(() -> {
                    work.run();
                    every(thenMs, thenMs, work);
                });
            } catch (RejectedExecutionException e) {
                every(thenMs, thenMs, work); // the workers are busy: next time
            }
        });
    }

    private synchronized void lookAfterServer() {
        if (closed) {
            return;
        }
        if (server.isServing()) {
            outage.up(now());
            return;
        }
        outage.down(server.failure().map(IOException::getMessage).orElse("it stopped serving"), now());
        try {
            server.stop();
            server = StandaloneServer.start(options.folder(), port, options.tickMs());
            outage.up(now());
        } catch (IOException | RuntimeException e) {
            outage.down(e.toString(), now());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long now() {
        return loop.clock().nanoTime();
    }

    private void purge() {
        try {
            PurgeTxnLog.purge(options.folder().toFile(), options.folder().toFile(), SNAPSHOTS_KEPT);
        } catch (IOException | RuntimeException e) {
            LOG.warn("old ZooKeeper files can't be removed folder={} reason=\"{}\"", options.folder(), e.getMessage());
        }
    }
}
