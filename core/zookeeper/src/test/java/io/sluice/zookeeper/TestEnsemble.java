package io.sluice.zookeeper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** An ensemble of three servers in this JVM, on ports that were free. Each may be stopped and started. */
final class TestEnsemble implements AutoCloseable {
    private static final int SIZE = 3;

    private final Path folder;
    private final ThreadLoop loop;
    private final List<EnsembleMember> members = new ArrayList<>();
    private final Map<Integer, EmbeddedZooKeeper> running = new TreeMap<>();

    TestEnsemble(Path folder, ThreadLoop loop) throws IOException {
        this.folder = folder;
        this.loop = loop;
        int port = freePorts(SIZE * EnsembleMember.PORTS);
        for (int id = 1; id <= SIZE; id++) {
            members.add(new EnsembleMember(id, "127.0.0.1", port + (id - 1) * EnsembleMember.PORTS));
        }
    }

    /** The first of {@code count} ports in a row that nobody uses. */
    private static int freePorts(int count) throws IOException {
        for (int attempt = 0; attempt < 50; attempt++) {
            List<ServerSocket> taken = new ArrayList<>();
            try {
                taken.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                int first = taken.get(0).getLocalPort();
                for (int i = 1; i < count; i++) {
                    taken.add(new ServerSocket(first + i, 1, InetAddress.getLoopbackAddress()));
                }
                return first;
            } catch (IOException | IllegalArgumentException e) {
                // one of them is taken: elsewhere
            } finally {
                for (ServerSocket socket : taken) {
                    socket.close();
                }
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    EmbeddedZooKeeper start(int id) throws Exception {
        Ensemble ensemble = new Ensemble(id, members);
        EmbeddedZooKeeper started = EmbeddedZooKeeper.start(
                EmbeddedZooKeeper.Options.member(folder.resolve("node" + id), ensemble), loop, loop.workers());
        running.put(id, started);
        return started;
    }

    void startAll() throws Exception {
        for (EnsembleMember member : members) {
            start(member.id());
        }
        awaitServing(1, 2, 3);
    }

    void stop(int id) {
        EmbeddedZooKeeper stopped = running.remove(id);
        if (stopped != null) {
            stopped.close();
        }
    }

    EnsembleServer server(int id) {
        EmbeddedZooKeeper embedded = running.get(id);
        if (embedded == null) {
            throw new IllegalStateException("node " + id + " is stopped");
        }
        return (EnsembleServer) embedded.server();
    }

    /** The id of the server that leads. */
    int leader() {
        return running.keySet().stream()
                .filter(id -> server(id).leads())
                .findFirst()
                .orElseThrow();
    }

    void awaitServing(Integer... ids) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> List.of(ids).stream()
                .allMatch(id -> server(id).health() == EmbeddedServer.Health.SERVES));
    }

    Path folder(int id) {
        return folder.resolve("node" + id);
    }

    /** Where clients reach one node's server. */
    String address(int id) {
        return members.get(id - 1).clientAddress();
    }

    /** For a client: this node's server first. */
    String connect(int id) {
        return members.stream()
                .sorted((a, b) -> Boolean.compare(b.id() == id, a.id() == id))
                .map(EnsembleMember::clientAddress)
                .collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }
}
