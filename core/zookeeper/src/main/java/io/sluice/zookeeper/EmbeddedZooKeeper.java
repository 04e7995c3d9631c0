package io.sluice.zookeeper;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.metrics.impl.NullMetricsProvider;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.util.ServiceUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZooKeeper server inside this JVM, for a broker that was not given an ensemble: on its own on loopback, or one of an
 * ensemble that the first brokers of a cluster form. It keeps its log and snapshots in one folder and forces every change
 * to disk before it answers.
 *
 * <p>It is put together from ZooKeeper's parts rather than by {@code ZooKeeperServerEmbedded}, which leaves a
 * configuration file behind at every start and brings JMX, an admin server and several threads along (ADR 0002).
 *
 * <p>A server whose disk fails or is full stops serving, and leaves its ensemble to the others. It is looked after once a
 * second and started anew on its ports, so that it comes back when the disk does; meanwhile the broker serves its data
 * and, without others, refuses changes of the cluster.
 *
 * <p>{@link #start} and {@link #close} block; call them where that is allowed. Never ends the JVM.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedZooKeeper.class);

    private static final int SNAPSHOTS_KEPT = 3;
    private static final long FIRST_PURGE_MS = 60_000;
    private static final long PURGE_EVERY_MS = 6 * 3_600_000L;
    private static final long LOOK_EVERY_MS = 1_000;
    private static final String LOOPBACK = "127.0.0.1";

    /**
     * @param folder where the server keeps its data; made when missing
     * @param host to which a server on its own is bound
     * @param port of a server on its own; 0 takes a free one
     * @param tickMs ZooKeeper's unit of time: sessions last at least 2 ticks
     * @param ensemble of which it is a member; empty for a server on its own
     */
    public record Options(Path folder, String host, int port, int tickMs, Optional<Ensemble> ensemble) {
        public static final int DEFAULT_TICK_MS = 1_000;
        /** The leader of an ensemble notices in a tick or two that it has lost its majority. */
        public static final int ENSEMBLE_TICK_MS = 500;

        Options(Path folder, int port, int tickMs) {
            this(folder, LOOPBACK, port, tickMs, Optional.empty());
        }

        /** A server on its own that only this machine reaches, on any port. */
        public static Options in(Path folder) {
            return new Options(folder, 0, DEFAULT_TICK_MS);
        }

        /** A server on its own that is the whole of an ensemble of one. */
        public static Options alone(Path folder, EnsembleMember only) {
            return new Options(folder, only.host(), only.clientPort(), DEFAULT_TICK_MS, Optional.empty());
        }

        public static Options member(Path folder, Ensemble ensemble) {
            EnsembleMember own = ensemble.own();
            return new Options(folder, own.host(), own.clientPort(), ENSEMBLE_TICK_MS, Optional.of(ensemble));
        }
    }

    /** Read by ZooKeeper's classes when they load; a value that the user gave to the JVM wins. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("zookeeper.nio.numSelectorThreads", "1"),
            Map.entry(
                    "zookeeper.nio.numWorkerThreads", "0"), // the selector does the work itself: there are few clients
            Map.entry("zookeeper.preAllocSize", "1024"), // KiB by which the log grows, instead of 64 MiB
            Map.entry("zookeeper.snapCount", "20000"), // a snapshot often enough to start fast after a crash
            Map.entry("zookeeper.4lw.commands.whitelist", ""), // no commands in plain text
            Map.entry("zookeeper.maxResponseCacheSize", "0"),
            Map.entry("zookeeper.maxGetChildrenResponseCacheSize", "0"),
            Map.entry(
                    "zookeeper.digest.enabled",
                    "false"), // guards against replicas that differ, and its alarm goes nowhere
            Map.entry("zookeeper.jmx.log4j.disable", "true"),
            Map.entry("zookeeper.admin.enableServer", "false"),
            Map.entry("zookeeper.commitProcessor.numWorkerThreads", "0"),
            Map.entry("zookeeper.fastleader.minNotificationInterval", "100"),
            Map.entry(
                    "zookeeper.fastleader.maxNotificationInterval",
                    "1000"), // instead of a minute: who waits is found soon
            Map.entry("zookeeper.cnxTimeout", "1000"));

    private final Options options;
    private final Loop loop;
    private final Workers workers;
    private final Outage outage;
    private final Optional<MajorityWait> majority;
    private final LinkRenewal links = new LinkRenewal();
    private volatile EmbeddedServer server;
    private volatile boolean closed;

    private EmbeddedZooKeeper(Options options, EmbeddedServer server, Loop loop, Workers workers) {
        this.options = options;
        this.server = server;
        this.loop = loop;
        this.workers = workers;
        this.outage = new Outage(options.folder(), options.ensemble().isPresent());
        this.majority = options.ensemble().map(ensemble -> new MajorityWait(ensemble, now()));
    }

    /**
     * Starts a server. On its own, it serves when this returns; one of an ensemble serves once most members are there.
     *
     * @param loop keeps time for looking after the server and for removing old files
     * @param workers does both
     * @throws ForeignFolderException when the folder belongs to another ensemble, or to a server on its own
     * @throws BusyPortException when a member's port is taken
     * @throws IOException when the folder can't be used or holds data that can't be read
     */
    public static EmbeddedZooKeeper start(Options options, Loop loop, Workers workers)
            throws IOException, InterruptedException {
        PROPERTIES.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        // What follows a wish to end the JVM was never meant to run: it would go on with data that it knows is wrong.
        ServiceUtils.setSystemExitProcedure(code -> {
            LOG.error("embedded ZooKeeper would end the JVM and ends what it was doing instead code={}", code);
            throw new IllegalStateException("ZooKeeper would end the JVM with code " + code);
        });
        // The broker's own client comes next: its classes load on another core while the server starts.
        workers.execute(LightClient::load);
        ServerMetrics.metricsProviderInitialized(NullMetricsProvider.INSTANCE);
        EnsembleFolder.claim(options.folder(), options.ensemble());
        EmbeddedServer server = startServer(options, options.port());
        LOG.info(
                "embedded ZooKeeper {} port={} folder={}",
                options.ensemble().isEmpty() ? "serves" : "starts",
                server.port(),
                options.folder());
        EmbeddedZooKeeper started = new EmbeddedZooKeeper(options, server, loop, workers);
        started.every(LOOK_EVERY_MS, LOOK_EVERY_MS, started::lookAfterServer);
        started.every(FIRST_PURGE_MS, PURGE_EVERY_MS, started::purge);
        return started;
    }

    private static EmbeddedServer startServer(Options options, int port) throws IOException, InterruptedException {
        if (options.ensemble().isPresent()) {
            return EnsembleServer.start(options.folder(), options.ensemble().get(), options.tickMs());
        }
        InetSocketAddress clients = new InetSocketAddress(options.host(), port);
        if (clients.isUnresolved()) {
            throw new IOException("no address is known for " + options.host());
        }
        return StandaloneServer.start(options.folder(), clients, options.tickMs());
    }

    /** Where clients connect, this server first: host:port pairs separated by commas. */
    public String connectString() {
        return Stream.concat(
                        Stream.of(EnsembleMember.address(options.host(), port())),
                        options.ensemble().stream()
                                .flatMap(ensemble -> ensemble.others().stream())
                                .map(EnsembleMember::clientAddress))
                .collect(Collectors.joining(","));
    }

    /** Where clients connect to this server. */
    public int port() {
        return server.port();
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
    EmbeddedServer server() {
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
        switch (server.health()) {
            case SERVES -> {
                outage.up(now());
                majority.ifPresent(wait -> wait.serves(now()));
                links.serves();
            }
            case WAITS -> awaitMajority();
            case FAILED -> restart();
        }
    }

    private void awaitMajority() {
        majority.ifPresent(wait -> wait.waits(unreached(), now()));
        if (server instanceof EnsembleServer member && links.dueWhileWaiting(now())) {
            member.renewLinks();
        }
    }

    private List<EnsembleMember> unreached() {
        return server instanceof EnsembleServer member ? member.unreached() : List.of();
    }

    private void restart() {
        outage.down(server.reason(), now());
        int port = server.port();
        try {
            server.stop();
            server = startServer(options, port);
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
