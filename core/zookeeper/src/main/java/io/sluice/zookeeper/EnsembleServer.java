package io.sluice.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.quorum.Election;
import org.apache.zookeeper.server.quorum.QuorumCnxManager;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.flexible.QuorumMaj;
import org.jspecify.annotations.Nullable;

/**
 * One server of an ensemble, from start to stop. Starting does not wait for the others: it listens, takes part in
 * elections, and serves while most members agree on a leader that it reaches. It finds back to them by itself; only an
 * error of its disk or in its threads ends it, and then another one is started in its place.
 */
final class EnsembleServer implements EmbeddedServer {
    /** A session lasts at least two ticks, as with a server on its own, but may be longer than its twenty. */
    private static final int SESSION_MIN_TICKS = 2;

    private static final int SESSION_MAX_TICKS = 120;
    /** How long a server that joins may take to get all data. */
    private static final int INIT_TICKS = 20;
    /** After how long a silent server is given up by the others. A dead one is noticed at once. */
    private static final int SYNC_TICKS = 6;
    /** The one way of electing that ZooKeeper still has. */
    private static final int FAST_LEADER_ELECTION = 3;

    private static final long END_WITHIN_MS = 5_000;
    private static final int PROBE_BYTES = 64 << 10;

    private final Ensemble ensemble;
    private final WatchedFiles files;
    private final Peer peer;
    private final NIOServerCnxnFactory connections;

    private EnsembleServer(Ensemble ensemble, WatchedFiles files, Peer peer, NIOServerCnxnFactory connections) {
        this.ensemble = ensemble;
        this.files = files;
        this.peer = peer;
        this.connections = connections;
    }

    /**
     * Starts a server and returns before it has found the others.
     *
     * @throws IOException when a port is taken, or the folder can't be used or holds data that can't be read
     */
    static EnsembleServer start(Path folder, Ensemble ensemble, int tickMs) throws IOException {
        EnsembleMember own = ensemble.own();
        QuietBeans.install();
        requireWritable(folder);
        requireFree(own.host(), own.quorumPort(), "the ensemble's leader");
        requireFree(own.host(), own.electionPort(), "its elections");
        requireFree(own.host(), own.clientPort(), "its clients");
        WatchedFiles files = new WatchedFiles(folder.toFile());
        NIOServerCnxnFactory connections = QuietConnections.create();
        try {
            connections.configure(listening(own.host(), own.clientPort()), QuietConnections.MAX_PER_ADDRESS);
            Peer peer = new Peer(files, ensemble, tickMs, connections);
            peer.start();
            return new EnsembleServer(ensemble, files, peer, connections);
        } catch (IOException | RuntimeException e) {
            connections.shutdown();
            files.close();
            throw e instanceof IOException io ? io : new IOException(reasonOf(e), e);
        }
    }

    /** A member whose disk is full could be elected, to lose its leadership at the first write, again and again. */
    private static void requireWritable(Path folder) throws IOException {
        Path probe = folder.resolve("probe");
        try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** ZooKeeper itself would notice only seconds later, and then end the JVM. */
    private static void requireFree(String host, int port, String use) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(listening(host, port));
        } catch (IOException e) {
            throw new BusyPortException(host, port, use, e);
        }
    }

    private static InetSocketAddress listening(String host, int port) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("no address is known for " + host);
        }
        return address;
    }

    private static String reasonOf(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage());
    }

    @Override
    public int port() {
        return connections.getLocalPort();
    }

    @Override
    public Health health() {
        if (files.failure().isPresent() || !peer.isWell()) {
            return Health.FAILED;
        }
        ZooKeeperServer active = peer.getActiveServer();
        return active != null && active.isRunning() ? Health.SERVES : Health.WAITS;
    }

    @Override
    public String reason() {
        return files.failure().map(IOException::getMessage).orElse("one of its threads has ended");
    }

    boolean leads() {
        return peer.getPeerState() == QuorumPeer.ServerState.LEADING;
    }

    /** The other members that this one has no connection to. */
    List<EnsembleMember> unreached() {
        return ensemble.others().stream()
                .filter(member -> !peer.isConnectedTo(member.id()))
                .toList();
    }

    /** Drops the connections over which members elect a leader; ZooKeeper makes new ones within a second. */
    void renewLinks() {
        peer.dropLinks();
    }

    @Override
    public void stop() {
        peer.leaveElections(); // first, or a leader that goes still tells the others that it leads
        peer.shutdown();
        try {
            peer.join(END_WITHIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** ZooKeeper's server of an ensemble, which gives away what it hides: its connections, and that its disk failed. */
    private static final class Peer extends QuorumPeer {
        private final WatchedFiles files;
        private volatile @Nullable QuorumCnxManager links;

        Peer(WatchedFiles files, Ensemble ensemble, int tickMs, NIOServerCnxnFactory connections) throws IOException {
            this.files = files;
            setTxnFactory(files);
            setZKDatabase(new ZKDatabase(files));
            setElectionType(FAST_LEADER_ELECTION);
            setMyid(ensemble.self());
            setTickTime(tickMs);
            setMinSessionTimeout(SESSION_MIN_TICKS * tickMs);
            setMaxSessionTimeout(SESSION_MAX_TICKS * tickMs);
            setInitLimit(INIT_TICKS);
            setSyncLimit(SYNC_TICKS);
            setMultiAddressEnabled(false);
            setMultiAddressReachabilityCheckEnabled(false);
            setQuorumListenOnAllIPs(false);
            setQuorumVerifier(new QuorumMaj(servers(ensemble)), false);
            initConfigInZKDatabase();
            setCnxnFactory(connections);
            setLearnerType(LearnerType.PARTICIPANT);
            initialize();
        }

        private static Map<Long, QuorumServer> servers(Ensemble ensemble) {
            Map<Long, QuorumServer> servers = new TreeMap<>();
            for (EnsembleMember member : ensemble.members()) {
                long id = member.id();
                servers.put(
                        id,
                        new QuorumServer(
                                id,
                                new InetSocketAddress(member.host(), member.quorumPort()),
                                new InetSocketAddress(member.host(), member.electionPort())));
            }
            return servers;
        }

        boolean isConnectedTo(int id) {
            QuorumCnxManager known = links;
            return known != null && known.connectedToPeer(id);
        }

        /** Whether its two main threads live: the one that follows or leads, and the one that is called by others. */
        boolean isWell() {
            QuorumCnxManager known = links;
            return isAlive() && known != null && known.listener.isAlive();
        }

        void dropLinks() {
            QuorumCnxManager known = links;
            if (known != null) {
                known.softHalt();
            }
        }

        void leaveElections() {
            Election elections = getElectionAlg();
            if (elections != null) {
                elections.shutdown();
            }
        }

        /** As ZooKeeper does it, but for the one who elects. Called once in a server's life. */
        @Override
        protected Election createElectionAlgorithm(int kind) {
            QuorumCnxManager connections = createCnxnManager();
            connections.listener.start();
            CautiousElection election = new CautiousElection(this, connections);
            election.start();
            return election;
        }

        @Override
        public QuorumCnxManager createCnxnManager() {
            QuorumCnxManager made = super.createCnxnManager();
            links = made;
            return made;
        }

        @Override
        public void setCurrentEpoch(long epoch) throws IOException {
            files.watchRename(() -> super.setCurrentEpoch(epoch));
        }

        @Override
        public void setAcceptedEpoch(long epoch) throws IOException {
            files.watchRename(() -> super.setAcceptedEpoch(epoch));
        }
    }
}
